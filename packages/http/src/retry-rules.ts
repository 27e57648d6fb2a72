import { type RetryBudget, RetryPolicy, type RetryProgress } from "@overlap/policy";
import type { HttpError } from "./errors.ts";
import type { HttpRetryOptions } from "./options.ts";
import { idempotentMethods } from "./wire-request.ts";

/** What of HTTP is worth another attempt; when and how often, the policy says. */
export class RetryRules {
  readonly #policy: RetryPolicy;
  readonly #statuses: ReadonlySet<number>;
  readonly #methods: ReadonlySet<string>;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: HttpRetryOptions, sessionBudget: RetryBudget) {
    const { statuses = defaultStatuses, methods } = options;
    this.#policy = new RetryPolicy({ ...options, budget: options.budget ?? sessionBudget });
    this.#statuses = new Set(statuses);
    this.#methods =
      methods === undefined ? idempotentMethods : new Set(methods.map((each) => each.toUpperCase()));
  }

  /** A request is made. */
  begin(): void {
    this.#policy.begin();
  }

  /** Milliseconds until the next attempt after this error; `null` for none. */
  afterError(error: HttpError, method: string, progress: RetryProgress): number | null {
    const worthIt = unsent.has(error.code)
      ? !isUnknownName(error)
      : transient.has(error.code) && this.#methods.has(method);
    return worthIt ? this.#policy.nextDelayMs(error, progress) : null;
  }

  /** The same after an answer; `retryAfterMs` is what it asks for. */
  afterStatus(status: number, retryAfterMs: number, method: string, progress: RetryProgress): number | null {
    if (!this.#statuses.has(status) || !this.#methods.has(method)) return null;
    return this.#policy.nextDelayMs({ retryAfterMs }, progress);
  }
}

const defaultStatuses: readonly number[] = [429, 502, 503, 504];

/** Nothing has reached the server. */
const unsent: ReadonlySet<string> = new Set(["OVERLAP_HTTP_CONNECT", "OVERLAP_HTTP_TIMEOUT_CONNECT"]);
/** The server may have acted on the request. */
const transient: ReadonlySet<string> = new Set([
  "OVERLAP_HTTP_CONNECTION_LOST",
  "OVERLAP_HTTP_TIMEOUT_HEADERS",
  "OVERLAP_HTTP_TIMEOUT_IDLE",
  "OVERLAP_HTTP_TIMEOUT_TOTAL",
]);

/** The name servers know that it does not exist, and will in a second too. */
function isUnknownName({ cause }: HttpError): boolean {
  return (cause as { readonly code?: unknown } | undefined)?.code === "ENOTFOUND";
}
