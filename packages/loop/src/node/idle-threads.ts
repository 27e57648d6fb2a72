import { longestDelayMs } from "./longest-delay.ts";
import type { PoolThread } from "./pool-thread.ts";

/** Threads without a call. The one that was busy last is taken first, so that those not needed come to their end. */
export class IdleThreads {
  readonly #idleMs: number;
  readonly #timers = new Map<PoolThread, NodeJS.Timeout>();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** The thread ends after its time unless it is taken before. */
  add(thread: PoolThread): void {
    const timer = setTimeout(
      () => {
        this.remove(thread);
        void thread.end();
      },
      Math.min(this.#idleMs, longestDelayMs),
    );
    this.#timers.set(thread, timer.unref());
  }

  take(): PoolThread | undefined {
    const thread = [...this.#timers.keys()].at(-1);
    if (thread !== undefined) this.remove(thread);
    return thread;
  }

  remove(thread: PoolThread): void {
    clearTimeout(this.#timers.get(thread));
    this.#timers.delete(thread);
  }
}
