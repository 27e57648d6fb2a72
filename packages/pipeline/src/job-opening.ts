import { type Coroutine, until } from "@overlap/loop";
import { Delivery } from "./delivery/delivery.ts";
import type { Journal, JournalIdentity } from "./delivery/journal.ts";
import type { Ledger } from "./delivery/ledger.ts";
import type { JobRun, RunPlan } from "./engine/job-run.ts";
import { SourceFlow } from "./engine/source-flow.ts";
import type { StageSpec } from "./engine/stage.ts";
import { PipelineError, SourceError } from "./errors.ts";
import type { JobOptions, JobPlan } from "./job.ts";
import { deliveryOf } from "./run-options.ts";
import { type AnySource, type OpenedSource, openReader, openSource } from "./sources/open-reader.ts";
import { RecordSource } from "./sources/record-source.ts";

/** Opens what a run reads from and keeps account with. */
export class JobOpening implements RunPlan {
  readonly stages: readonly StageSpec[];
  readonly #plan: JobPlan;
  readonly #options: JobOptions;
  #delivery: Delivery | null = null;

  constructor(plan: JobPlan, options: JobOptions) {
    this.stages = plan.stages;
    this.#plan = plan;
    this.#options = options;
  }

  /** The journal comes first: where it refuses, nothing else was touched. */
  *openSource(run: JobRun): Coroutine<SourceFlow> {
    const { source, key } = this.#plan.source;
    const { maxItems = Number.POSITIVE_INFINITY } = this.#options;
    const settings = deliveryOf(this.#plan, this.#options);
    const noMore = new AbortController();
    run.closeAtEnd({ close: () => noMore.abort() });
    const opened = this.#openSource(source, noMore.signal);
    const by = identifiedBy(opened, key !== null);
    const identity = settings.journal === null ? null : yield* this.#identify(opened, by, settings.retryDead);
    const delivery = new Delivery(settings, by, identity);
    this.#delivery = delivery;
    yield* delivery.open(run);
    const reader = openReader(delivery.source ?? opened);
    run.closeAtEnd({
      *close() {
        noMore.abort(); // first, so that a source that waits can end
        yield* reader.close();
      },
    });
    const idIsPosition = by === "position";
    return new SourceFlow(reader, run, {
      key,
      maxItems,
      idIsPosition,
      keepOriginals: settings.deadLetter !== null,
    });
  }

  openLedger(sinkJournal: Journal): Ledger {
    return (this.#delivery as Delivery).openLedger(sinkJournal); // the source is opened before the sink
  }

  #openSource(source: AnySource, signal: AbortSignal): OpenedSource {
    try {
      return openSource(source, signal);
    } catch (error) {
      throw error instanceof PipelineError ? error : new SourceError(error);
    }
  }

  *#identify(
    source: OpenedSource,
    by: JournalIdentity["by"],
    retryDead: boolean,
  ): Coroutine<JournalIdentity> {
    const stages = this.stages.map(({ kind, name }) => `${kind} ${name}`);
    const same = source instanceof RecordSource && source.repeatable && !retryDead;
    return { source: same ? yield* until(source.fingerprint()) : null, by, stages };
  }
}

/** A source that can be read again in the same order is told by places: that takes least room, whatever keys there are. */
function identifiedBy(source: OpenedSource, hasKey: boolean): JournalIdentity["by"] {
  const repeatable = source instanceof RecordSource && source.repeatable;
  return repeatable || !hasKey ? "position" : "key";
}
