import type { TimerHandle } from "@overlap/loop";
import type { Forgettable, Limiter, TokenBucket } from "@overlap/policy";
import type { Connections } from "./connections.ts";
import type { Exchange } from "./exchange.ts";
import { type Linked, LinkedQueue } from "./linked-queue.ts";

/** What a host is made of. */
export interface HostParts {
  readonly limiter: Limiter;
  readonly rate: TokenBucket | null;
  readonly connections: Connections;
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
  readonly connections: Connections;
  inFlight = 0;
  /** It is looked at again then, because it had to wait; `null` when it doesn't. */
  wake: TimerHandle | null = null;
  readonly #rate: TokenBucket | null;
  readonly #now: () => number;
  readonly #stopListening: (() => void) | null;
  /** It was told not to be bothered until then. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor({ limiter, rate, connections, now, stopListening }: HostParts) {
    this.limiter = limiter;
    this.connections = connections;
    this.#rate = rate;
    this.#now = now;
    this.#stopListening = stopListening;
  }

  get idle(): boolean {
    if (this.inFlight > 0 || this.waiting.size > 0) return false;
    const nowMs = this.#now();
    return this.limiter.idle && nowMs >= this.#notBeforeMs && (this.#rate?.isFull(nowMs) ?? true);
  }

  /** A request may be sent as far as its limit goes. */
  get hasRoom(): boolean {
    return this.inFlight < this.limiter.limit;
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
    this.#rate?.take(this.#now());
  }

  /** It is forgotten: its connections, all idle, are closed. */
  close(): void {
    this.#stopListening?.();
    void this.connections.destroy();
  }
}
