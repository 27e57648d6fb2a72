import { currentLoop } from "@overlap/loop";
import type { Timed } from "./deadlines.ts";

/** A place in the queue that is given up after a time. */
export class QueueWait implements Timed {
  next: Timed | null = null;
  previous: Timed | null = null;
  line: Timed["line"] = null;
  lookAtMs = 0;
  spared = false;
  readonly lookEveryMs: number;
  readonly expire: () => void;
  readonly #dueMs: number;

  constructor(timeoutMs: number, expire: () => void) {
    this.lookEveryMs = timeoutMs;
    this.expire = expire;
    this.#dueMs = currentLoop().now() + timeoutMs;
  }

  remainingMs(nowMs: number): number {
    return this.#dueMs - nowMs;
  }
}
