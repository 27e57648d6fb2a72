import { CancelledError } from "@overlap/loop";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { expectAtLeast, expectPositiveInteger } from "./errors.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** When and how often something is tried again. */
export interface RetryOptions extends BackoffOptions {
  /** Attempts in all, the first included. An integer of at least 1. @default 4 */
  readonly attempts?: number;
  /**
   * Milliseconds from the first attempt after which none begins. At least 0.
   * @default Infinity
   */
  readonly maxElapsedMs?: number;
  /** Whether an error is worth another attempt; not asked about a cancel, which never is. @default every error is */
  readonly retryIf?: (error: unknown, attempts: number) => boolean;
  /** What retries are taken from; share one among all that call the same service. @default no budget */
  readonly budget?: RetryBudget | undefined;
}

/** How far something has got that may be tried again. */
export interface RetryProgress {
  /** Attempts that have failed. */
  readonly attempts: number;
  /** Milliseconds since the first began. */
  readonly elapsedMs: number;
}

/**
 * Decides whether to try again, and when. Keeps no state of its own beside the budget, so one policy serves any number of calls.
 *
 * An error with a number `retryAfterMs` is waited for that long, plus the backoff, so that not everybody comes
 * back at the same moment; `maxDelayMs` does not cut it, `maxElapsedMs` does.
 *
 * @example
 * const policy = new RetryPolicy({ attempts: 3, retryIf: (error) => error instanceof ConnectError });
 * const delayMs = policy.nextDelayMs(error, { attempts: 1, elapsedMs: 250 });
 */
export class RetryPolicy {
  readonly #backoff: Backoff;
  readonly #attempts: number;
  readonly #maxElapsedMs: number;
  readonly #retryIf: (error: unknown, attempts: number) => boolean;
  readonly #budget: RetryBudget | undefined;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: RetryOptions = {}) {
    const { attempts = 4, maxElapsedMs = Number.POSITIVE_INFINITY, retryIf = () => true, budget } = options;
    this.#backoff = new Backoff(options);
    this.#attempts = expectPositiveInteger("attempts", attempts);
    this.#maxElapsedMs = expectAtLeast(0, "maxElapsedMs", maxElapsedMs);
    this.#retryIf = retryIf;
    this.#budget = budget;
  }

  /** A first attempt begins: it adds to the budget. */
  begin(): void {
    this.#budget?.deposit();
  }

  /** Milliseconds to wait before the next attempt, whose retry has been taken from the budget; `null` to give up. */
  nextDelayMs(error: unknown, { attempts, elapsedMs }: RetryProgress): number | null {
    if (attempts >= this.#attempts || error instanceof CancelledError) return null;
    if (!this.#retryIf(error, attempts)) return null;
    const delayMs = retryAfterMsOf(error) + this.#backoff.delayMs(attempts);
    if (elapsedMs + delayMs > this.#maxElapsedMs) return null;
    return this.#budget === undefined || this.#budget.tryWithdraw() ? delayMs : null;
  }
}

function retryAfterMsOf(error: unknown): number {
  const { retryAfterMs } = (error ?? {}) as { readonly retryAfterMs?: unknown };
  return typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : 0;
}
