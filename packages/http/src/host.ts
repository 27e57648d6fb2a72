import type { TimerHandle } from "@overlap/loop";
import type { Forgettable, Limiter, TokenBucket } from "@overlap/policy";
import type { Pool } from "undici";
import type { Exchange } from "./exchange.ts";
import { type Linked, LinkedQueue } from "./linked-queue.ts";

/** What a host is made of. */
export interface HostParts {
  readonly limiter: Limiter;
  readonly rate: TokenBucket | null;
  /** Its connections. */
  readonly pool: Pool;
  readonly now: () => number;
  /** Ends what tells it of room in its limiter; `null` when nothing does. */
  readonly stopListening: (() => void) | null;
}

/** One origin: who waits for it, how much it has to do, and its connections. */
export class Host implements Forgettable, Linked<Host> {
  /** Links among the hosts that are ready. */
  next: Host | null = null;
  previous: Host | null = null;
  /** Its place among them: how many requests it had in flight when it took it; below 0 when it is not ready. */
  readyAt = -1;
  /** First come, first served; what was sent before and is sent on goes first. */
  readonly waiting: LinkedQueue<Exchange> = new LinkedQueue<Exchange>();
  readonly limiter: Limiter;
  readonly pool: Pool;
  inFlight = 0;
  /** It is looked at again then, because it had to wait; `null` when it doesn't. */
  wake: TimerHandle | null = null;
  readonly #rate: TokenBucket | null;
  readonly #now: () => number;
  readonly #stopListening: (() => void) | null;
  /**
   * Connections that undici has not taken back yet: it does so in the next check phase, and a request that is sent before would
   * open another connection, or be queued where it can't be withdrawn.
   */
  #cooling = 0;
  /** Connections that were taken back while others were not: so many requests may be sent. */
  #cooled = 0;
  /** It was told not to be bothered until then. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor({ limiter, rate, pool, now, stopListening }: HostParts) {
    this.limiter = limiter;
    this.pool = pool;
    this.#rate = rate;
    this.#now = now;
    this.#stopListening = stopListening;
  }

  get idle(): boolean {
    if (this.inFlight > 0 || this.waiting.size > 0 || this.#cooling > 0) return false;
    const nowMs = this.#now();
    return this.limiter.idle && nowMs >= this.#notBeforeMs && (this.#rate?.isFull(nowMs) ?? true);
  }

  /** A request may be sent as far as connections and its limit go. */
  get hasRoom(): boolean {
    if (this.#cooling > 0 && this.#cooled === 0) return false;
    return this.inFlight + this.#cooling < this.limiter.limit;
  }

  /** Milliseconds until the next request may be sent, as far as rate and `Retry-After` go. */
  waitMs(): number {
    if (this.#rate === null && this.#notBeforeMs === Number.NEGATIVE_INFINITY) return 0;
    const nowMs = this.#now();
    return Math.max(0, this.#notBeforeMs - nowMs, this.#rate?.waitMs(nowMs) ?? 0);
  }

  /** Sends nothing for so long. */
  holdOff(forMs: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#now() + forMs);
  }

  /** One more is sent. */
  enter(): void {
    this.inFlight++;
    if (this.#cooled > 0) this.#cooled--;
    this.#rate?.take(this.#now());
  }

  /** One has ended; undici takes its connection back if `keptAlive`. */
  leave(keptAlive: boolean): void {
    this.inFlight--;
    if (keptAlive) this.#cooling++;
  }

  /** It is forgotten: its connections, all idle, are closed. */
  close(): void {
    this.#stopListening?.();
    void this.pool.destroy();
  }

  /** undici has a connection back. */
  cool(): void {
    this.#cooling--;
    this.#cooled = this.#cooling === 0 ? 0 : this.#cooled + 1;
  }
}
