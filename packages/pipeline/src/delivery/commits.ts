import { currentLoop, type TimerHandle } from "@overlap/loop";
import type { Ledger } from "./ledger.ts";

/** What was entered is committed after so long, if nothing asks for it earlier. */
const commitAfterMs = 5;

/**
 * When the ledger is committed: as soon as as many calls of the sink have ended as may be in flight, so that a crash repeats no more
 * than twice that; and otherwise after 5 ms, so that many share one commit.
 */
export class Commits {
  readonly #ledger: Ledger;
  readonly #onError: (error: unknown) => void;
  #onCommit: () => void = () => {};
  #callsAtMost = 1;
  #calls = 0;
  #soon = false;
  #timer: Pick<TimerHandle, "cancel"> | null = null;

  constructor(ledger: Ledger, onError: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#onError = onError;
  }

  /** Lets so many calls of the sink end before a commit, and tells it when there was one. */
  serve(callsAtMost: number, onCommit: () => void): void {
    this.#callsAtMost = callsAtMost;
    this.#onCommit = onCommit;
  }

  /** No call may begin before a commit. */
  get saturated(): boolean {
    return this.#calls >= this.#callsAtMost;
  }

  /** A call of the sink has ended, and what it has saved is entered. */
  callEnded(): void {
    if (!this.#ledger.dirty) return;
    if (++this.#calls >= this.#callsAtMost) this.#commitSoon();
    else this.entered();
  }

  /** Something was entered. */
  entered(): void {
    if (this.#ledger.dirty && this.#timer === null) this.#commitWithin(commitAfterMs);
  }

  /** Commits now. */
  commit(): void {
    this.#timer?.cancel();
    this.#timer = null;
    try {
      this.#ledger.commit();
    } catch (error) {
      this.#onError(error);
    }
    this.#calls = 0;
    this.#soon = false;
    this.#onCommit();
  }

  /** In the next batch of the loop: whatever else has ended by then goes along. */
  #commitSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    currentLoop().callSoon(() => this.commit());
  }

  #commitWithin(delayMs: number): void {
    this.#timer = currentLoop().callLater(delayMs, () => this.commit());
  }
}
