import { TokenBucket } from "../token-bucket.ts";

/** So long a pause may be made up for at once: timers don't wake up more precisely. */
const slackMs = 2;

/** Spaces what starts, as long as there is a rate. */
export class Pacer {
  #perSecond = Number.POSITIVE_INFINITY;
  #bucket: TokenBucket | null = null;

  /** Starts per second; Infinity when there is no such limit. */
  get perSecond(): number {
    return this.#perSecond;
  }

  setRate(perSecond: number): void {
    if (perSecond === this.#perSecond) return;
    this.#perSecond = perSecond;
    const burst = Math.max(1, (perSecond * slackMs) / 1_000);
    this.#bucket = perSecond === Number.POSITIVE_INFINITY ? null : new TokenBucket({ perSecond, burst });
  }

  /** Milliseconds until one more may start. */
  waitMs(nowMs: number): number {
    return this.#bucket === null ? 0 : this.#bucket.waitMs(nowMs);
  }

  /** One starts. */
  take(nowMs: number): void {
    this.#bucket?.take(nowMs);
  }
}
