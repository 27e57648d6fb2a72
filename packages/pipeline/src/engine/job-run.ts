import { CancelledError, type Coroutine, createTask, currentLoop, type Task } from "@overlap/loop";
import type { Commits } from "../delivery/commits.ts";
import type { Journal } from "../delivery/journal.ts";
import type { Ledger } from "../delivery/ledger.ts";
import type { TraceSink } from "../trace-sink.ts";
import { Accounts } from "./accounts.ts";
import { Closers } from "./closers.ts";
import type { MaxFailures } from "./failure-limit.ts";
import type { Flow } from "./flow.ts";
import { Gate } from "./gate.ts";
import type { Item } from "./item.ts";
import type { Closable, StageOverride, StageRun, StageSpec } from "./stage.ts";
import { isCoroutine } from "./stage-call.ts";
import { StageStats, type StageSummary } from "./stage-stats.ts";
import { uninterrupted } from "./uninterrupted.ts";

/** What a run is told. */
export interface RunSettings {
  readonly trace: TraceSink | null;
  readonly maxFailures: MaxFailures;
  readonly overrides: Readonly<Record<string, StageOverride>>;
}

/** What a run has to open: the source and the stages, the sink among them. */
export interface RunPlan {
  openSource(run: JobRun): Coroutine<SourceFlow>;
  /** Begins to keep account with a journal that the sink keeps itself. */
  openLedger(sinkJournal: Journal): Ledger;
  readonly stages: readonly StageSpec[];
}

type SourceFlow = Flow & { readonly exhausted: boolean; stop(): void };

/**
 * One run of a job: opens the stages, lets their coroutines work, and closes everything, in order, however it ends: the drivers
 * and their calls end first, then what they have saved is committed, then what was opened is closed, the latest first.
 */
export class JobRun implements StageRun {
  readonly trace: TraceSink | null;
  readonly accounts: Accounts;
  readonly #plan: RunPlan;
  readonly #overrides: Readonly<Record<string, StageOverride>>;
  readonly #stats: StageStats[] = [];
  readonly #closers = new Closers();
  readonly #toDrive: (() => Coroutine<void>)[] = [];
  readonly #drivers: Task<void>[] = [];
  readonly #change = new Gate();
  #working = 0;
  #source: SourceFlow | null = null;
  #work: Task<void> | null = null;
  #closing = false;
  #draining = false;
  /** The drain has taken too long. */
  #cut = false;
  #fatal: { readonly error: unknown } | null = null;

  constructor(plan: RunPlan, { trace, maxFailures, overrides }: RunSettings) {
    this.trace = trace;
    this.accounts = new Accounts(maxFailures, (error) => this.abort(error));
    this.#plan = plan;
    this.#overrides = overrides;
  }

  /** Runs to the end, and throws what ended it early. */
  *run(): Coroutine<void> {
    this.#work = createTask(() => this.#openAndWork());
    try {
      yield* this.#work;
    } catch (error) {
      if (!this.#cut || !(error instanceof CancelledError)) this.#fatal ??= { error };
    }
    const cancel = yield* uninterrupted(() => this.#close());
    if (this.#fatal !== null) throw this.#fatal.error;
    if (cancel !== null) throw cancel;
  }

  now(): number {
    return this.trace === null ? currentLoop().now() : this.trace.now();
  }

  get closing(): boolean {
    return this.#closing;
  }

  get commits(): Commits | null {
    return this.accounts.commits;
  }

  stages(): readonly StageSummary[] {
    return this.#stats.map((stats) => stats.summary());
  }

  /** Why the source gave no more items. */
  get ended(): "source" | "maxItems" | "drain" {
    if (this.#source?.exhausted === true && !this.#cut) return "source";
    return this.#draining ? "drain" : "maxItems";
  }

  /** Takes nothing more from the source; what is in flight goes on. */
  drain(): void {
    this.#draining = true;
    this.#source?.stop();
  }

  /** Ends a drain that takes too long: what is still in flight is cancelled. */
  cutDrain(): void {
    this.#cut = true;
    this.#work?.cancel("the grace period is over");
  }

  abort(error: unknown): void {
    this.#fatal ??= { error };
    this.#closing = true;
    this.#work?.cancel(error);
  }

  drive(driver: () => Coroutine<void>): void {
    this.#toDrive.push(driver);
  }

  closeAtEnd(resource: Closable): void {
    this.#closers.add(resource);
  }

  override(stage: string): StageOverride {
    return this.#overrides[stage] ?? {};
  }

  useJournal(journal: Journal): Ledger {
    const ledger = this.#plan.openLedger(journal);
    this.accounts.keep(ledger);
    return ledger;
  }

  itemFailed(item: Item, stage: string, error: unknown, attempts: number): void {
    this.accounts.itemFailed(item, stage, error, attempts);
  }

  isChildDone(child: Item): boolean {
    return this.accounts.isChildDone(child);
  }

  *#openAndWork(): Coroutine<void> {
    this.#source = yield* this.#plan.openSource(this);
    if (this.#draining) this.#source.stop();
    let upstream: Flow = this.#source;
    for (const stage of this.#plan.stages) {
      const stats = new StageStats(stage.name, stage.kind, upstream);
      this.#stats.push(stats);
      const flow = stage.open({ upstream, run: this, stats });
      upstream = isCoroutine(flow) ? ((yield* flow) as Flow) : flow;
    }
    for (const driver of this.#toDrive) this.#start(driver);
    while (this.#working > 0) yield* this.#change.wait();
    this.accounts.expectWithinLimit();
  }

  #start(driver: () => Coroutine<void>): void {
    this.#working++;
    const task = createTask(() => this.#driven(driver));
    this.#drivers.push(task);
    task.addDoneCallback(() => {
      this.#working--;
      this.#change.open();
    });
  }

  /** A driver ends by itself, or ends the run. */
  *#driven(driver: () => Coroutine<void>): Coroutine<void> {
    try {
      yield* driver();
    } catch (error) {
      if (!(this.#closing && error instanceof CancelledError)) this.abort(error);
    }
  }

  *#close(): Coroutine<void> {
    this.#closing = true;
    for (const driver of this.#drivers) driver.cancel("the run ends");
    while (this.#working > 0) yield* this.#change.wait();
    this.accounts.commits?.end();
    try {
      yield* this.#closers.closeAll();
    } catch (error) {
      this.#fatal ??= { error };
    }
  }
}
