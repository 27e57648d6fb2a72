import { type Coroutine, co, currentLoop, Semaphore, sleep, type Waitable } from "@overlap/loop";
import { expectPositiveInteger, PolicyArgumentError } from "../errors.ts";
import type { Limiter, Slot, SlotOutcome } from "../limiter.ts";
import { eventLoopBusyMs } from "./client-load.ts";
import { Controller } from "./controller.ts";
import type { Decision } from "./decision.ts";
import { Pacer } from "./pacer.ts";

/** Between which limits a limiter looks for the best. */
export interface AutoOptions {
  /** What it never goes below. An integer of at least 1. @default 1 */
  readonly min?: number;
  /** What it never goes above: what the client can bear. An integer of at least `min`. @default 1_000 */
  readonly max?: number;
  /** Where it begins. An integer from `min` to `max`. @default 4, or the nearest that is allowed */
  readonly start?: number;
  /**
   * Milliseconds for which the client's event loop has been busy, since whenever: it never grows while that is more than 90 % of the
   * time. @default what Node measures; 0 elsewhere
   */
  readonly busyMs?: () => number;
  /** Told of each decision, inline. @default nobody */
  readonly onDecision?: (decision: Decision) => void;
}

/**
 * A limiter that finds out how many in flight bring the most, while the work goes on: it doubles the limit until that brings nothing,
 * then keeps trying a little more and a little less, draws back when the other side refuses, and holds a rate where the other side
 * counts requests per time. `docs/self-tuning.md` tells how, and when to set a number by hand.
 *
 * It learns from what slots are released with, so say `ok`, `overload` or `error`; a slot that is only disposed of teaches it nothing.
 *
 * @example
 * const limiter = new AutoLimiter({ max: 200, onDecision: ({ limit, reason }) => console.log(limit, reason) });
 * using slot = yield* limiter.acquire();
 * const response = yield* session.get(url);
 * slot.release(response.status === 429 ? "overload" : "ok");
 */
export class AutoLimiter implements Limiter {
  readonly #controller: Controller;
  readonly #pacer = new Pacer();
  readonly #decisionListeners = new Set<(decision: Decision) => void>();
  readonly #roomListeners = new Set<() => void>();
  /** Its free permits are the free slots. */
  readonly #permits: Semaphore;
  /** Permits that are to be withdrawn as they come back, because the limit fell below what was in flight. */
  #owed = 0;
  /** What the limit never goes above. */
  readonly max: number;
  /** Slots there are now, those that are owed not counted. */
  #limit: number;
  #inFlight = 0;
  /** In flight, times milliseconds, until `#flownUntilMs`. */
  #flownMs = 0;
  #flownUntilMs = 0;
  /** The line of those who have a permit and wait for the rate: only its head sleeps. */
  readonly #line = new Semaphore(1);
  /** A timer will tell of room, when the rate allows one more. */
  #willWake = false;
  readonly #acquire = co(() => this.#wait());

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: AutoOptions = {}) {
    const { min = 1, max = Math.max(min, 1_000), busyMs = eventLoopBusyMs, onDecision } = options;
    const { start = Math.min(max, Math.max(min, 4)) } = options;
    expectPositiveInteger("min", min);
    expectWithin("max", max, min, Number.MAX_SAFE_INTEGER);
    expectWithin("start", start, min, max);
    if (onDecision !== undefined) this.#decisionListeners.add(onDecision);
    this.#controller = new Controller({
      min,
      max,
      start,
      busyMs,
      onDecision: (decision) => this.#tell(decision),
    });
    this.max = max;
    this.#limit = start;
    this.#permits = new Semaphore(start);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Starts per second that it allows at most now; Infinity as long as only the number in flight counts. */
  get perSecond(): number {
    return this.#pacer.perSecond;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get idle(): boolean {
    return this.#inFlight === 0 && this.#permits.free === this.#limit;
  }

  acquire(): Waitable<Slot> {
    return this.#acquire();
  }

  tryAcquire(): Slot | null {
    if (this.#line.free === 0 || this.#permits.free === 0) return null;
    const nowMs = currentLoop().now();
    const waitMs = this.#pacer.waitMs(nowMs);
    if (waitMs > 0) {
      this.#wakeAfter(waitMs);
      return null;
    }
    this.#permits.tryAcquire();
    this.#pacer.take(nowMs);
    return this.#grant(nowMs);
  }

  onRoom(listener: () => void): () => void {
    this.#roomListeners.add(listener);
    return () => this.#roomListeners.delete(listener);
  }

  /** Calls `listener`, inline, with each decision. Returns what ends it. */
  onDecision(listener: (decision: Decision) => void): () => void {
    this.#decisionListeners.add(listener);
    return () => this.#decisionListeners.delete(listener);
  }

  /** @internal A slot came back. */
  leave(startMs: number, answeredMs: number | null, epoch: number, outcome: SlotOutcome): void {
    const nowMs = currentLoop().now();
    this.#fly(nowMs);
    // What was cancelled says nothing about the other side, and how long it took neither.
    if (outcome !== "cancelled") {
      this.#controller.sample(
        startMs,
        answeredMs ?? nowMs,
        nowMs,
        epoch,
        outcome,
        this.#inFlight,
        this.#flownMs,
      );
    }
    this.#inFlight--;
    this.#giveBack();
    this.#follow();
    this.#tellOfRoom();
  }

  *#wait(): Coroutine<Slot> {
    yield* this.#permits.acquire();
    try {
      if (this.#pacer.perSecond < Number.POSITIVE_INFINITY || this.#line.free === 0)
        yield* this.#waitForRate();
    } catch (error) {
      this.#giveBack();
      this.#tellOfRoom();
      throw error;
    }
    return this.#grant(currentLoop().now());
  }

  *#waitForRate(): Coroutine<void> {
    using _turn = yield* this.#line.acquire();
    const loop = currentLoop();
    for (let waitMs = this.#pacer.waitMs(loop.now()); waitMs > 0; waitMs = this.#pacer.waitMs(loop.now())) {
      yield* sleep(waitMs);
    }
    // Taken before the turn is given back: the next must see that it is gone.
    this.#pacer.take(loop.now());
  }

  /** There is a permit, and the rate allows it. */
  #grant(nowMs: number): Slot {
    this.#fly(nowMs);
    this.#inFlight++;
    return new AutoSlot(this, nowMs, this.#controller.epoch);
  }

  #fly(nowMs: number): void {
    this.#flownMs += this.#inFlight * (nowMs - this.#flownUntilMs);
    this.#flownUntilMs = nowMs;
  }

  /** Does what the controller has decided. */
  #follow(): void {
    this.#pacer.setRate(this.#controller.perSecond);
    const { limit } = this.#controller;
    for (; this.#limit < limit; this.#limit++) this.#giveBack();
    for (; this.#limit > limit; this.#limit--) if (this.#permits.tryAcquire() === null) this.#owed++;
  }

  #giveBack(): void {
    if (this.#owed > 0) this.#owed--;
    else this.#permits.release();
  }

  #tellOfRoom(): void {
    if (this.#roomListeners.size === 0 || this.#permits.free === 0 || this.#line.free === 0) return;
    const waitMs = this.#pacer.waitMs(currentLoop().now());
    if (waitMs > 0) this.#wakeAfter(waitMs);
    else for (const listener of this.#roomListeners) listener();
  }

  #wakeAfter(waitMs: number): void {
    if (this.#willWake) return;
    this.#willWake = true;
    currentLoop().callLater(waitMs, () => {
      this.#willWake = false;
      this.#tellOfRoom();
    });
  }

  #tell(decision: Decision): void {
    for (const listener of this.#decisionListeners) listener(decision);
  }
}

/** A limiter of its own for whatever it is given to: a stage, a session, a host. The same as `new AutoLimiter(options)`. */
export function auto(options: AutoOptions = {}): AutoLimiter {
  return new AutoLimiter(options);
}

class AutoSlot implements Slot {
  #limiter: AutoLimiter | null;
  readonly #startMs: number;
  readonly #epoch: number;
  #answeredMs: number | null = null;

  constructor(limiter: AutoLimiter, startMs: number, epoch: number) {
    this.#limiter = limiter;
    this.#startMs = startMs;
    this.#epoch = epoch;
  }

  answered(): void {
    this.#answeredMs ??= currentLoop().now();
  }

  release(outcome: SlotOutcome = "cancelled"): void {
    const limiter = this.#limiter;
    this.#limiter = null;
    limiter?.leave(this.#startMs, this.#answeredMs, this.#epoch, outcome);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function expectWithin(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new PolicyArgumentError(
    `expected an integer from ${least} to ${most} for ${name}, got ${String(value)}`,
  );
}
