import { Commits } from "../delivery/commits.ts";
import type { Ledger } from "../delivery/ledger.ts";
import { JournalError, SinkError, StageError, TooManyFailuresError } from "../errors.ts";
import { FailureLimit, type MaxFailures } from "./failure-limit.ts";
import { type Ending, ending, type Item, type ItemTracker } from "./item.ts";
import { RunningCounts } from "./item-counts.ts";

/** What becomes of the items of a run: counts them, enters them in the ledger, and says when too many have gone wrong. */
export class Accounts implements ItemTracker {
  readonly counts: RunningCounts = new RunningCounts();
  readonly #limit: FailureLimit;
  readonly #abort: (error: unknown) => void;
  #ledger: Ledger | null = null;
  #commits: Commits | null = null;
  #failures = 0;

  /** @throws PipelineOptionError when the limit makes no sense. */
  constructor(maxFailures: MaxFailures, abort: (error: unknown) => void) {
    this.#limit = new FailureLimit(maxFailures);
    this.#abort = abort;
  }

  /** `null` when nothing has to be durable. */
  get commits(): Commits | null {
    return this.#commits;
  }

  /** Enters what happens from now on. */
  keep(ledger: Ledger): void {
    this.#ledger = ledger;
    this.#commits = new Commits(ledger, this.#abort);
  }

  /** False when the item is to be left out. */
  admit(item: Item): boolean {
    const wanted = this.#ledger === null || this.#ledger.admit(item);
    if (wanted) this.counts.items++;
    else this.counts.skipped++;
    return wanted;
  }

  isChildDone(child: Item): boolean {
    return this.#ledger?.isChildDone(child) === true;
  }

  sourceItemEnded(item: Item, how: Ending): void {
    this.counts.count(how);
    if (this.#ledger === null) return;
    this.#ledger.sourceItemEnded(item, how);
    this.#commits?.entered();
  }

  childDelivered(child: Item, sourceItem: Item): void {
    this.#ledger?.childDelivered(child, sourceItem);
  }

  /** It was tried often enough. A sink that can save nothing any more ends the run; the item is not done then. */
  itemFailed(item: Item, stage: string, cause: unknown, attempts: number): void {
    if (cause instanceof SinkError || cause instanceof JournalError) return this.#abort(cause);
    const parts = item.members ?? [item];
    this.#failures += parts.length;
    for (const part of parts) part.end(this.#setAside(part, stage, cause, attempts));
    this.#commits?.entered();
    if (!this.#limit.exceeded(this.#failures, this.counts.items)) return;
    const error = stageError(item, stage, cause, attempts);
    const allowed = String(this.#limit);
    this.#abort(this.#limit.failsFast ? error : new TooManyFailuresError(this.#failures, allowed, error));
  }

  #setAside(part: Item, stage: string, cause: unknown, attempts: number): Ending {
    if (this.#ledger === null || !this.#ledger.setsAside) return ending.failed;
    this.#ledger.setAside(part, stageError(part, stage, cause, attempts));
    return ending.rejected;
  }
}

function stageError(item: Item, stage: string, cause: unknown, attempts: number): StageError {
  return new StageError(stage, { item: item.value, idempotencyKey: item.key, attempts, cause });
}
