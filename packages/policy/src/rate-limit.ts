import { type Coroutine, co, currentLoop, Semaphore, sleep, type Waitable } from "@overlap/loop";
import { type RateOptions, TokenBucket } from "./token-bucket.ts";

/**
 * Lets through so many per second, first come first served. A wait that is cancelled leaves the line, and its turn goes
 * to the next.
 *
 * @example
 * const rate = new RateLimit({ perSecond: 10 });
 * for (const url of urls) {
 *   yield* rate.acquire();
 *   group.spawn(fetchPage, url);
 * }
 */
export class RateLimit {
  readonly #bucket: TokenBucket;
  /** The line: only its head waits for a token. */
  readonly #line = new Semaphore(1);
  readonly #acquire = co(() => this.#wait());

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: RateOptions) {
    this.#bucket = new TokenBucket(options);
  }

  /** Nobody waits, and the whole burst is there. */
  get idle(): boolean {
    return this.#line.free === 1 && this.#bucket.isFull(currentLoop().now());
  }

  /** Done when it is this caller's turn; the token is taken then, and not given back. */
  acquire(): Waitable<void> {
    return this.#acquire();
  }

  /** Takes a token if one is there and nobody waits. */
  tryAcquire(): boolean {
    const nowMs = currentLoop().now();
    if (this.#line.free === 0 || this.#bucket.waitMs(nowMs) > 0) return false;
    this.#bucket.take(nowMs);
    return true;
  }

  *#wait(): Coroutine<void> {
    using _turn = yield* this.#line.acquire();
    const loop = currentLoop();
    for (let waitMs = this.#bucket.waitMs(loop.now()); waitMs > 0; waitMs = this.#bucket.waitMs(loop.now())) {
      yield* sleep(waitMs);
    }
    this.#bucket.take(loop.now());
  }
}
