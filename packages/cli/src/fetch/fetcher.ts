import { HttpError, type HttpResponse, type RequestOptions, type Session } from "@overlap/http";
import { type Coroutine, createTask, currentLoop, each, sleep, use } from "@overlap/loop";
import { type RetryBudget, RetryPolicy } from "@overlap/policy";
import type { Backlog } from "./backlog.ts";
import type { BodyFolder } from "./body-folder.ts";
import type { FetchFailure, FetchRow } from "./fetch-row.ts";
import type { NamedBody } from "./file-name.ts";

/** What is sent to each URL, and what becomes of the answers. */
export interface FetcherOptions {
  readonly session: Session;
  /** Upper-case. */
  readonly method: string;
  /** The body of every request; `null` for none. */
  readonly data: string | Uint8Array | null;
  /** For one attempt, to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** What they are taken from; the session fills it. */
  readonly budget: RetryBudget;
  /** Hears of each answer and each error when it comes, and of those that bring no row. */
  readonly backlog: Backlog;
  /** Whether the text of the body gets into the row. */
  readonly keepText: boolean;
  /** Where the bodies of good answers are saved. */
  readonly folder: BodyFolder | null;
}

/** The URL that a body comes from, and its place in the input. */
type Origin = Pick<NamedBody, "url" | "number">;

/** What of a row the body brings. */
type Received = Pick<FetchRow, "bytes" | "file" | "body">;

/** Fetches one URL after the other, each to its row: whatever a server or a URL does is an outcome. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #request: Omit<RequestOptions, "url">;
  readonly #retry: RetryPolicy;

  constructor(options: FetcherOptions) {
    const { method, data, timeoutMs, retries, budget, keepText } = options;
    this.#options = options;
    this.#request = { method, timeoutMs, stream: !keepText, ...(data !== null && { body: data }) };
    this.#retry = new RetryPolicy({ attempts: retries + 1, budget, retryIf: (error) => isBroken(error) });
  }

  /**
   * The row of a URL; `number` is its place in the input, from 1. Cancelling closes the connection and leaves no file behind.
   *
   * @throws SaveError when the body cannot be saved.
   */
  *fetch(url: string, number: number): Coroutine<FetchRow> {
    const startMs = currentLoop().now();
    for (let attempts = 0; ; ) {
      const outcome = yield* this.#attempt(url, number, attempts);
      if (!(outcome instanceof BrokenBody)) return outcome;
      attempts = outcome.row.attempts;
      const elapsedMs = currentLoop().now() - startMs;
      const delayMs = this.#mayRepeat
        ? this.#retry.nextDelayMs(outcome.error, { attempts, elapsedMs })
        : null;
      if (delayMs === null) return outcome.row;
      this.#options.backlog.leave(1);
      yield* sleep(delayMs);
    }
  }

  /** The session sends again what brought no answer; an answer whose body broke off is for us to ask for again. */
  *#attempt(url: string, number: number, before: number): Coroutine<FetchRow | BrokenBody> {
    let response: HttpResponse;
    try {
      response = yield* this.#options.session.request({ ...this.#request, url });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.#options.backlog.enter();
      return noAnswer(url, error, { attempts: before + error.attempts, ms: rounded(error.elapsedMs) });
    }
    const attempts = before + response.attempts;
    const { timings, status } = response;
    const startMs = currentLoop().now() - (timings.endMs - timings.queuedMs);
    this.#options.backlog.enter();
    try {
      const received = yield* use(response, (answer) => this.#receive(answer, url, number));
      const ms = rounded(currentLoop().now() - startMs);
      const { bytes, ...kept } = received;
      return { url, ok: response.ok, status, bytes, ms, attempts, error: failureOfStatus(response), ...kept };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const ms = rounded(currentLoop().now() - startMs);
      return new BrokenBody(error, noAnswer(url, error, { status, attempts, ms }));
    }
  }

  get #mayRepeat(): boolean {
    return idempotentMethods.has(this.#options.method);
  }

  *#receive(response: HttpResponse, url: string, number: number): Coroutine<Received> {
    const { folder, keepText, method } = this.#options;
    const saved =
      folder === null || !response.ok || method === "HEAD"
        ? { bytes: yield* countBytes(response) }
        : yield* createTask(saveBody, folder, response, { url, number });
    return keepText ? { ...saved, body: yield* response.text() } : saved;
  }
}

/** An answer that began and did not end. */
class BrokenBody {
  readonly error: HttpError;
  readonly row: FetchRow;

  constructor(error: HttpError, row: FetchRow) {
    this.error = error;
    this.row = row;
  }
}

/** Methods that may be sent again after the server has answered (RFC 9110, 9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

const broken: ReadonlySet<string> = new Set([
  "OVERLAP_HTTP_CONNECTION_LOST",
  "OVERLAP_HTTP_TIMEOUT_IDLE",
  "OVERLAP_HTTP_TIMEOUT_TOTAL",
]);

function isBroken(error: unknown): boolean {
  return error instanceof HttpError && broken.has(error.code);
}

function* countBytes(response: HttpResponse): Coroutine<number> {
  let bytes = 0;
  yield* each(response.stream(), function* (chunk) {
    bytes += chunk.byteLength;
  });
  return bytes;
}

/** Closing the answer is what ends the wait for its next piece. */
async function saveBody(
  folder: BodyFolder,
  response: HttpResponse,
  { url, number }: Origin,
  signal: AbortSignal,
): Promise<Received> {
  signal.addEventListener("abort", () => response.close(), { once: true });
  return await folder.save(response.stream(), { url, number, contentType: typeOf(response) }, signal);
}

function typeOf({ headers }: HttpResponse): string {
  const type = headers["content-type"];
  return typeof type === "string" ? type : (type?.[0] ?? "");
}

function noAnswer(url: string, { code, message }: HttpError, known: Partial<FetchRow>): FetchRow {
  const { status = null, ms = 0, attempts = 0 } = known;
  return { url, ok: false, status, bytes: 0, ms, attempts, error: { code, message } };
}

function failureOfStatus({ ok, status, url }: HttpResponse): FetchFailure | null {
  return ok ? null : { code: `HTTP_${status}`, message: `${url} answered ${status}` };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
