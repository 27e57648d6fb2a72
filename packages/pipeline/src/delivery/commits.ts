import { currentLoop, type TimerHandle } from "@overlap/loop";
import type { Ledger } from "./ledger.ts";

/** What was entered without a call of the sink, such as items that were filtered away, is committed after so long. */
const commitAfterMs = 5;

/**
 * When the ledger is committed: after each turn of the loop in which a call of the sink has ended, and no further call begins before.
 * So a crash repeats no more calls than may be in flight, and calls that end together share a commit.
 */
export class Commits {
  readonly #ledger: Ledger;
  readonly #onError: (error: unknown) => void;
  /** Hears that calls may begin again. */
  onCommit: () => void = () => {};
  #pending = false;
  #timer: TimerHandle | null = null;
  #ended = false;

  constructor(ledger: Ledger, onError: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#onError = onError;
  }

  /** A commit comes first: no call may begin. */
  get pending(): boolean {
    return this.#pending;
  }

  /** A call of the sink has ended, and what it has saved is entered. */
  callEnded(): void {
    if (this.#pending || !this.#ledger.dirty) return;
    this.#pending = true;
    currentLoop().callSoon(() => this.commit());
  }

  /** Something was entered. */
  entered(): void {
    if (this.#ledger.dirty && !this.#ended)
      this.#timer ??= currentLoop().callLater(commitAfterMs, () => this.commit());
  }

  /** Commits what was entered so far, and nothing that comes later: what is kept account with is closed now. */
  end(): void {
    this.commit();
    this.#ended = true;
  }

  /** Commits now. */
  commit(): void {
    if (this.#ended) return;
    this.#timer?.cancel();
    this.#timer = null;
    try {
      this.#ledger.commit();
    } catch (error) {
      this.#onError(error);
    }
    this.#pending = false;
    this.onCommit();
  }
}
