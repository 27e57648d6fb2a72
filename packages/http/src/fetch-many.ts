import type { Limiter } from "@overlap/policy";
import { expectPositiveInteger } from "./option-checks.ts";
import type { RequestOptions, SessionOptions } from "./options.ts";
import type { OutcomeOptions, OutcomeStream } from "./outcome-stream.ts";
import { Session } from "./session.ts";

/** How very many requests are sent: as a session does, and how their outcomes are given. */
export interface FetchManyOptions extends Omit<SessionOptions, "limit">, OutcomeOptions {
  /** Requests in flight at most. An integer of at least 1, `"auto"`, or a `Limiter`. @default 100 */
  readonly concurrency?: number | "auto" | Limiter;
}

/**
 * Sends very many requests on a session of its own, and gives an outcome for each: none is lost, and none ends the others. `requests` is any
 * iterable of URLs and request options, sync or async, and is pulled only when there is a slot. Ending the loop early
 * cancels what is in flight and calls the iterator's `return()`.
 *
 * @throws InvalidRequestError, PolicyArgumentError for an option outside its range; while it is iterated, what `requests` throws.
 * @example
 * for await (const outcome of fetchMany(urls, { concurrency: 100, perHost: 8, retry: { attempts: 3 } })) {
 *   if (outcome.ok) console.log(outcome.request, outcome.response.status);
 *   else console.log(outcome.request, outcome.error.code);
 * }
 */
export function fetchMany<R extends string | URL | RequestOptions>(
  requests: Iterable<R> | AsyncIterable<R>,
  { concurrency = 100, ...options }: FetchManyOptions = {},
): OutcomeStream<R> {
  if (typeof concurrency === "number") expectPositiveInteger("concurrency", concurrency);
  const session = new Session({ ...options, limit: concurrency });
  return session.streamOutcomes(requests, options, () => session.close());
}
