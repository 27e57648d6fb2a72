import { createTask, type Task } from "@overlap/loop";
import type { MaxFailures } from "./engine/failure-limit.ts";
import type { ItemCounts } from "./engine/item-counts.ts";
import type { StageOverride, StageSpec } from "./engine/stage.ts";
import type { StageKind, StageSummary } from "./engine/stage-stats.ts";
import { runJob } from "./run-job.ts";
import { checkRunOptions } from "./run-options.ts";
import { expectedItems } from "./sources/expected-items.ts";
import type { AnySource } from "./sources/open-reader.ts";
import { RecordSource } from "./sources/record-source.ts";
import type { TraceSink } from "./trace-sink.ts";

/** Options of `Job.run`. */
export interface JobOptions {
  /** Ends the run at once: what is in flight is cancelled and waited for, and `run` rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /**
   * Ends the run in order: nothing more is taken from the source, what is in flight is finished and saved, and `run` gives its
   * summary. @default none
   */
  readonly drain?: AbortSignal;
  /** Milliseconds that a drain may take; then what is still in flight is cancelled. At least 0. @default 30_000 */
  readonly graceMs?: number;
  /** Items taken from the source at most; at least 1. @default all */
  readonly maxItems?: number;
  /** The journal's file, in place of the one the job was given. @default the job's */
  readonly journal?: string;
  /** Leaves out what the journal says is done. @default false */
  readonly resume?: boolean;
  /** The dead-letter file, in place of the one the job was given. @default the job's */
  readonly deadLetter?: string;
  /** Takes the items of the dead-letter file instead of the source's. @default false */
  readonly retryDead?: boolean;
  /** Where the stages write their spans. @default nowhere */
  readonly trace?: TraceSink;
  /** Called from time to time while the job runs, and at its end; keep it short. @default none */
  readonly onProgress?: (progress: JobProgress) => void;
  /** Milliseconds between two calls of `onProgress`; above 0. @default 100 */
  readonly progressEveryMs?: number;
  /** Other numbers than those the stages were declared with, by the stage's name. @default none */
  readonly stages?: Readonly<Record<string, StageOverride>>;
}

/** How far a run is. */
export interface JobProgress extends ItemCounts {
  /** Attempts after the first, of all stages. */
  readonly retries: number;
  /** The stages in order, the sink last. */
  readonly stages: readonly StageSummary[];
  /** Milliseconds since the start, threads included; at the end until everything was saved and closed. */
  readonly wallMs: number;
}

/** What a run did. */
export interface JobSummary extends JobProgress {
  /** Why it ended: the source had no more, `maxItems` were taken, or `drain` fired. */
  readonly ended: "source" | "maxItems" | "drain";
}

/** What a pipeline with a sink is made of. */
export interface JobPlan {
  readonly source: SourcePlan;
  readonly stages: readonly StageSpec[];
  readonly maxFailures: MaxFailures;
  readonly journal: string | null;
  readonly deadLetter: string | null;
}

/** Where the items come from, and what names them. */
export interface SourcePlan {
  readonly source: AnySource;
  readonly key: ((value: never) => string) | null;
}

/** A stage as it was declared. */
export interface StageDeclaration {
  /** The name it was given. */
  readonly name: string;
  /** What it does. */
  readonly kind: StageKind;
  /** How many it does at once: calls, or threads for a cpu stage; `null` where there is no such number. */
  readonly limit: number | null;
}

/** A pipeline with a sink. It can be run more than once if its source can be iterated more than once. */
export class Job {
  readonly #plan: JobPlan;

  /** @internal Use `pipeline(source)….to(sink)`. */
  constructor(plan: JobPlan) {
    this.#plan = plan;
  }

  /** Its stages in order, the sink last. */
  get stages(): readonly StageDeclaration[] {
    return this.#plan.stages.map(({ name, kind, limit = null }) => ({ name, kind, limit }));
  }

  /** The journal it was given: a file or "in-sink"; `null` without one. */
  get journal(): string | null {
    return this.#plan.journal;
  }

  /** The dead-letter file it was given; `null` without one. */
  get deadLetter(): string | null {
    return this.#plan.deadLetter;
  }

  /** Whether another run can tell what this one has done. A source that is a function is taken at its word. */
  get resumable(): boolean {
    const { source, key } = this.#plan.source;
    return (
      key !== null || typeof source === "function" || (source instanceof RecordSource && source.repeatable)
    );
  }

  /**
   * How many items the source holds: exact for arrays, sets, maps and ranges, a guess from the first 64 KiB for files, `null` when
   * it can't be told without reading.
   */
  async expectedItems(): Promise<number | null> {
    return await expectedItems(this.#plan.source.source);
  }

  /**
   * Starts a run, and gives its task: `await job.run()`, or `yield* job.run()` in a coroutine, where cancelling the
   * coroutine cancels the run. It ends when the source is exhausted and everything is saved. However it ends, by then the source is
   * closed, work in flight has ended (or was left alone after `abandonAfterMs`), and the threads have ended.
   *
   * @throws StageError with the stage and the item when more items fail than may; SourceError; ThreadError; `signal.reason`.
   */
  run(options: JobOptions = {}): Task<JobSummary> {
    checkRunOptions(this.#plan, options);
    return createTask(() => runJob(this.#plan, options));
  }
}
