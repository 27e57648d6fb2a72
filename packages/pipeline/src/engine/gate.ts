import { Future } from "@overlap/loop";

/** Where one coroutine waits until another says that something has changed; it then looks again. */
export class Gate {
  #waiting: Future<void> | null = null;

  /** Done at the next `open`. Look at what you wait for first: an `open` that meets nobody leaves no trace. */
  wait(): Future<void> {
    if (this.#waiting === null || this.#waiting.done) this.#waiting = new Future<void>();
    return this.#waiting;
  }

  /** Lets the one who waits go on. */
  open(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    if (!waiting.done) waiting.setResult();
  }
}
