import { Commits } from "../delivery/commits.ts";
import type { Ledger } from "../delivery/ledger.ts";
import { DeadLetterError, JournalError, SinkError, StageError, TooManyFailuresError } from "../errors.ts";
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
  /** Made when it is asked for: a stack costs more than most items. */
  #lastError: (() => StageError) | null = null;

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
    if (endsTheRun(cause)) return this.#abort(cause);
    const parts = item.members ?? [item];
    this.#failures += parts.length;
    for (const part of parts) part.end(this.#setAside(part, stage, cause, attempts));
    this.#commits?.entered();
    this.#lastError = () => stageError(item, stage, cause, attempts);
    if (this.#limit.failsFast) this.#abort(this.#lastError());
    else if (this.#limit.exceeded(this.#failures, this.counts.items)) this.#abort(this.#tooMany());
  }

  /** All items have ended: a share that they are too few for to tell before holds now. @throws TooManyFailuresError. */
  expectWithinLimit(): void {
    if (this.#limit.exceededAtEnd(this.#failures, this.counts.items)) throw this.#tooMany();
  }

  #tooMany(): TooManyFailuresError {
    const last = (this.#lastError as () => StageError)(); // there is one, if there are too many
    return new TooManyFailuresError(this.#failures, String(this.#limit), last);
  }

  #setAside(part: Item, stage: string, cause: unknown, attempts: number): Ending {
    if (this.#ledger === null || !this.#ledger.setsAside) return ending.failed;
    this.#ledger.setAside(part, stageError(part, stage, cause, attempts));
    return ending.rejected;
  }
}

function endsTheRun(cause: unknown): boolean {
  return [SinkError, JournalError, DeadLetterError].some((fatal) => cause instanceof fatal);
}

function stageError(item: Item, stage: string, cause: unknown, attempts: number): StageError {
  return new StageError(stage, { item: item.value, idempotencyKey: item.key, attempts, cause });
}
