import { currentLoop, type TimerHandle } from "@overlap/loop";
import type { Limiter, Slot, SlotOutcome, TokenBucket } from "@overlap/policy";
import type { Exchange } from "./exchange.ts";
import type { Host } from "./host.ts";
import { ReadyHosts } from "./ready-hosts.ts";

/** What a request in flight holds: one slot of the session's and one of its host's. */
export interface Slots {
  readonly total: Slot;
  readonly ofHost: Slot;
}

/**
 * Decides who is sent next. A host waits by itself for whatever it has to wait for (its limit, its rate, a `Retry-After`), and
 * is ready or not; those that are share the session's slots.
 */
export class Scheduler {
  readonly #loop = currentLoop();
  readonly #limiter: Limiter;
  readonly #rate: TokenBucket | null;
  readonly #ready = new ReadyHosts();
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #queued = 0;
  #filling = false;
  /** The session's rate allows nothing before that. */
  #wake: TimerHandle | null = null;

  constructor(limiter: Limiter, rate: TokenBucket | null) {
    this.#limiter = limiter;
    this.#rate = rate;
    this.#stopListening = limiter.onRoom(() => this.fill());
  }

  get limit(): number {
    return this.#limiter.limit;
  }

  get queued(): number {
    return this.#queued;
  }

  /** A slot is free that nobody who waits can use. */
  get hasRoom(): boolean {
    return this.#ready.size === 0 && this.#wake === null && this.#limiter.inFlight < this.#limiter.limit;
  }

  /** Calls `listener`, inline, whenever a slot is left that nobody who waits can use. Returns what ends it. */
  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `exchange` waits for its turn, and gets it in this call if there is a slot. */
  enqueue(exchange: Exchange, goesFirst: boolean): void {
    const { host } = exchange;
    if (goesFirst) host.waiting.unshift(exchange);
    else host.waiting.push(exchange);
    this.#queued++;
    this.place(host);
    this.fill();
  }

  /** `exchange` does not wait any more. */
  withdraw(exchange: Exchange): void {
    const { host } = exchange;
    host.waiting.remove(exchange);
    this.#queued--;
    this.place(host);
    if (this.#ready.size === 0) this.#wake = cancelTimer(this.#wake);
    this.fill();
  }

  /** Something has changed for `host`: it is ready, or is looked at again when it may be. */
  place(host: Host): void {
    const waits = host.waiting.first !== null && host.hasRoom;
    const waitMs = waits ? host.waitMs() : 0;
    if (waits && waitMs === 0) return this.#ready.add(host);
    this.#ready.remove(host);
    if (waits) host.wake ??= this.#loop.callLater(waitMs, () => this.#wakeHost(host));
    else host.wake = cancelTimer(host.wake);
  }

  /** What `exchange` of `host` held is free. */
  release(host: Host, { total, ofHost }: Slots, outcome: SlotOutcome): void {
    host.inFlight--;
    this.#filling = true;
    ofHost.release(outcome);
    this.place(host);
    this.#filling = false;
    total.release(outcome);
    this.fill();
  }

  /**
   * Starts those who wait, as far as there are slots. A loop and not a recursion: a start that fails at once releases its
   * slot while this runs.
   */
  fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    for (let host = this.#ready.first(); host !== null; host = this.#ready.first()) {
      if (!this.#startFirst(host)) break;
    }
    this.#filling = false;
    if (this.#listeners.size > 0 && this.hasRoom) for (const listener of this.#listeners) listener();
  }

  /** False when there is no slot, or the rate allows none. */
  #startFirst(host: Host): boolean {
    if (!this.#rateAllows()) return false;
    const total = this.#limiter.tryAcquire();
    if (total === null) return false;
    const ofHost = host.limiter.tryAcquire();
    if (ofHost === null) {
      // Its limiter is shared, and somebody else was faster: it says when it has room again.
      this.#ready.remove(host);
      total.release("cancelled");
      return true;
    }
    const exchange = host.waiting.shift() as Exchange; // a host that is ready has somebody waiting
    this.#queued--;
    this.#rate?.take(this.#loop.now());
    host.enter();
    this.place(host);
    exchange.start({ total, ofHost });
    return true;
  }

  #rateAllows(): boolean {
    if (this.#rate === null) return true;
    const waitMs = this.#rate.waitMs(this.#loop.now());
    if (waitMs === 0) return true;
    this.#wake ??= this.#loop.callLater(waitMs, () => {
      this.#wake = null;
      this.fill();
    });
    return false;
  }

  #wakeHost(host: Host): void {
    host.wake = null;
    this.place(host);
    this.fill();
  }

  /** Nobody waits, and nobody will. */
  close(): void {
    this.#stopListening();
  }
}

/** A timer that nobody needs would keep the process alive. */
function cancelTimer(timer: TimerHandle | null): null {
  timer?.cancel();
  return null;
}
