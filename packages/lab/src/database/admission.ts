/** What the door decided: in service now, in the queue, or turned away. */
export type Entry =
  | { readonly kind: "started" }
  | { readonly kind: "waiting" }
  | { readonly kind: "refused"; readonly retryAfterMs: number };

/** How many may be in service, how many may enter per second, and what happens to the rest. */
export interface AdmissionLimits {
  readonly capacity: number;
  readonly ratePerSecond: number;
  readonly reject: boolean;
  /** Told to a visitor who is refused for want of capacity, as nobody knows when a place will be free. */
  readonly delayMs: number;
}

/** A timer fires a little late; up to this much of it is made good, so that a high rate is really reached. */
const lateTimerMs = 50;

const started: Entry = { kind: "started" };
const waiting: Entry = { kind: "waiting" };

/**
 * The one door to the service: at most `capacity` inside, one entry per 1000 / `ratePerSecond` ms, and one queue,
 * first come, first served.
 *
 * The rate is a virtual schedule: the next slot = max(now, next slot) + 1000 / rate.
 */
export class Admission<Visitor> {
  readonly #limits: AdmissionLimits;
  readonly #serve: (visitor: Visitor) => void;
  readonly #gapMs: number;
  /** In the order of arrival. */
  readonly #waiting = new Set<Visitor>();
  #inService = 0;
  #peakInService = 0;
  #nextSlotMs = 0;
  /** Whether the head of the queue waits only for its slot; then the schedule runs on, however late the timer is. */
  #paced = false;
  /** Rings at the next slot; armed at most once. */
  #timer: NodeJS.Timeout | undefined;
  /** Guards against a service that ends before its start returns: the running loop goes on instead of a deeper one. */
  #admitting = false;
  readonly #emptied: Array<() => void> = [];

  /** `serve` begins the service of a visitor; when that ends, call {@link leave}. */
  constructor(limits: AdmissionLimits, serve: (visitor: Visitor) => void) {
    this.#limits = limits;
    this.#serve = serve;
    this.#gapMs = 1_000 / limits.ratePerSecond;
  }

  /** How many are in service now. */
  get inService(): number {
    return this.#inService;
  }

  /** The most that were ever in service at once. */
  get peakInService(): number {
    return this.#peakInService;
  }

  /** How many are in the queue now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Starts the service of the visitor, queues it, or refuses it. */
  enter(visitor: Visitor): Entry {
    const blockedMs = this.#blockedMs();
    if (blockedMs === 0 && this.#waiting.size === 0) {
      this.#start(visitor);
      return started;
    }
    if (this.#limits.reject) return { kind: "refused", retryAfterMs: Math.max(1, Math.ceil(blockedMs)) };
    this.#waiting.add(visitor);
    if (this.#waiting.size === 1) this.#admit();
    return waiting;
  }

  /** Takes a waiting visitor out of the queue; says whether it was still there. */
  withdraw(visitor: Visitor): boolean {
    const withdrawn = this.#waiting.delete(visitor);
    if (this.#waiting.size === 0) this.#paced = false;
    return withdrawn;
  }

  /** Ends one visitor's service, which lets the next one in. */
  leave(): void {
    this.#inService -= 1;
    this.#admit();
    if (this.#inService === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** Empties the queue and returns those who waited. */
  dismiss(): Visitor[] {
    const dismissed = [...this.#waiting];
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return dismissed;
  }

  /** Resolves when nobody is in service. */
  emptied(): Promise<void> {
    if (this.#inService === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** 0 when a visitor may start now, else about how long until then. */
  #blockedMs(): number {
    if (this.#inService >= this.#limits.capacity) return Math.max(1, this.#limits.delayMs);
    return Math.max(0, this.#nextSlotMs - performance.now());
  }

  #start(visitor: Visitor): void {
    const earliestMs = performance.now() - (this.#paced ? lateTimerMs : 0);
    this.#nextSlotMs = Math.max(this.#nextSlotMs, earliestMs) + this.#gapMs;
    this.#inService += 1;
    this.#peakInService = Math.max(this.#peakInService, this.#inService);
    this.#serve(visitor);
  }

  #admit(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    for (const visitor of this.#waiting) {
      const blockedMs = this.#blockedMs();
      if (blockedMs > 0) {
        this.#pause(blockedMs);
        break;
      }
      this.#waiting.delete(visitor);
      this.#start(visitor);
    }
    if (this.#waiting.size === 0) this.#paced = false;
    this.#admitting = false;
  }

  /** Waits for the next slot; a place is waited for without a timer, as whoever leaves calls the next one. */
  #pause(blockedMs: number): void {
    this.#paced = this.#inService < this.#limits.capacity;
    if (!this.#paced || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#admit();
    }, Math.ceil(blockedMs));
  }
}
