import type { Waitable } from "@overlap/loop";

/**
 * How something in flight ended, for a limiter that learns from it: `ok`; `overload` when the other side had too much to do (a status of
 * 429 or 503, a refused connection, a timeout); `rate-limited` when it also said that it counts requests per time (`Retry-After`, a
 * rate-limit header); `error` when it failed for another reason; `cancelled` when its end says nothing about the other side.
 */
export type SlotOutcome = "ok" | "overload" | "rate-limited" | "error" | "cancelled";

/** The right to be one of those in flight; with `using` it is given back by itself. */
export interface Slot extends Disposable {
  /**
   * The answer is there, and what follows is the caller's own time: a limiter that learns doesn't take it for the other side's. Needed
   * only where something takes long between the answer and the release.
   */
  answered?(): void;
  /** Gives the slot back and says how it went. Only the first call counts. @default "cancelled" */
  release(outcome?: SlotOutcome): void;
}

/**
 * Says how many may be in flight. A fixed number is one; a controller that finds the number out is another.
 *
 * @example
 * function* one(url: string, limiter: Limiter) {
 *   using slot = yield* limiter.acquire();
 *   const response = yield* session.get(url);
 *   slot.release(response.status === 429 ? "overload" : "ok");
 * }
 */
export interface Limiter {
  /** How many may be in flight now. */
  readonly limit: number;
  /** How many are. May exceed a limit that has shrunk. */
  readonly inFlight: number;
  /** Nobody holds a slot, and nobody waits. */
  readonly idle: boolean;
  /** A slot, first come first served. Cancelling the wait leaves the line; a slot that was granted is never lost. */
  acquire(): Waitable<Slot>;
  /** A slot if one is free and nobody waits, else `null`. */
  tryAcquire(): Slot | null;
  /**
   * Calls `listener`, inline, whenever `tryAcquire` may succeed that would not have before: a slot came back that nobody waited for,
   * or the limit rose. For schedulers that keep a line of their own. Returns what ends it.
   */
  onRoom(listener: () => void): () => void;
}
