import { type Coroutine, gatherSettled } from "@overlap/loop";
import type { ItemContext } from "../engine/stage.ts";
import { resultOf } from "../engine/stage-call.ts";
import { PostRefusedError } from "../errors.ts";
import type { BatchOutcomes, Eventually, ItemOutcome, RowSink } from "./sink.ts";

/** What the sink needs of a session; that of `@overlap/http` is one. */
export interface PostSession {
  /** Sends a body, and gives the answer, whatever its status. */
  post(
    url: string | URL,
    options: {
      readonly body: string | Uint8Array;
      readonly headers: Readonly<Record<string, string>>;
    },
  ): Eventually<PostResponse>;
}

/** What the sink needs of an answer. */
export interface PostResponse {
  /** The status is one of success. */
  readonly ok: boolean;
  /** The HTTP status. */
  readonly status: number;
  /** Its header fields, names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body, as JSON. */
  json(): Eventually<unknown>;
}

/** Options of `httpPost`. */
export interface HttpPostOptions<Row = never> {
  /** What sends the requests; it stays open, and is the caller's to close. */
  readonly session: PostSession;
  /**
   * How the rows of a batch share one request: as a JSON array, or as lines of JSON.
   * @default each row is a request of its own
   */
  readonly batch?: "json" | "ndjson";
  /** The body for one row. @default a string or binary data as it is, else JSON */
  readonly body?: (row: Row) => string | Uint8Array;
  /** Header fields of every request. @default a content type that fits the body */
  readonly headers?: Readonly<Record<string, string>>;
  /** The header field that carries the idempotency key. @default "Idempotency-Key" */
  readonly idempotencyHeader?: string;
  /**
   * What the answer to a batch says about its rows, in their order, so that only those are sent again that were not saved.
   * @default all were saved
   */
  readonly outcomes?: (
    response: PostResponse,
    rows: readonly Row[],
  ) => Eventually<readonly ItemOutcome[]> | readonly ItemOutcome[];
}

const saved: ItemOutcome = { ok: true };

/**
 * Sends each row, or each batch, to a URL. It is saved when the answer has a status of success. Another one fails it: a status that
 * says "not now" (408, 425, 429, 5xx) is worth another attempt, after what `Retry-After` asks for; others are not. Each request carries an
 * idempotency key, by which the other side can tell a repetition: for a row the same at each attempt and in each run; for a batch as
 * long as its rows are the same (what is left of it has another, and so may one of a run that resumes). Cancelling withdraws the
 * request, if the session's futures can do that.
 *
 * @example
 * await using session = new Session({ limit: 100 });
 * await pipeline(ndjson("users.ndjson"), { key: (user) => user.id })
 *   .batch({ items: 100, bytes: 1_000_000 })
 *   .to(httpPost("http://127.0.0.1:4000/users", { session, batch: "json" }), { retry: { attempts: 5 } })
 *   .run();
 */
export function httpPost<Row = unknown>(url: string | URL, options: HttpPostOptions<Row>): RowSink<Row> {
  const poster = new Poster(url, options as HttpPostOptions);
  return {
    name: "httpPost",
    concurrency: 100,
    batchConcurrency: options.batch === undefined ? 1 : 8,
    open: () => ({ write: (rows, context) => poster.write(rows, context), close() {} }),
  };
}

class Poster {
  readonly #url: string | URL;
  readonly #options: HttpPostOptions;

  constructor(url: string | URL, options: HttpPostOptions) {
    this.#url = url;
    this.#options = options;
  }

  *write(rows: readonly unknown[], context: ItemContext): Coroutine<BatchOutcomes> {
    if (this.#options.batch !== undefined) return { outcomes: yield* this.#sendTogether(rows, context) };
    const keys = keysOf(rows, context);
    const sent = yield* gatherSettled(rows.map((row, index) => this.#sendOne(row, keys[index] ?? "")));
    return { outcomes: sent.map((end) => (end.ok ? end.value : end)) };
  }

  *#sendOne(row: unknown, key: string): Coroutine<ItemOutcome> {
    const { body = toBody } = this.#options;
    const content = body(row as never);
    const type = typeof content === "string" && typeof row !== "string" ? "application/json" : "text/plain";
    const response = yield* this.#post(content, typeof content === "string" ? type : binary, key);
    return outcomeOf(response, this.#url);
  }

  *#sendTogether(
    rows: readonly unknown[],
    { idempotencyKey }: ItemContext,
  ): Coroutine<readonly ItemOutcome[]> {
    const { batch, outcomes } = this.#options;
    const lines = batch === "ndjson";
    const body = lines ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : JSON.stringify(rows);
    const type = lines ? "application/x-ndjson" : "application/json";
    const response = yield* this.#post(body, type, idempotencyKey);
    if (response.ok && outcomes !== undefined) return yield* resultOf(outcomes(response, rows as never));
    return rows.map(() => outcomeOf(response, this.#url));
  }

  *#post(body: string | Uint8Array, type: string, key: string): Coroutine<PostResponse> {
    const { session, headers, idempotencyHeader = "Idempotency-Key" } = this.#options;
    const fields = { "content-type": type, [idempotencyHeader]: key, ...headers };
    return yield* resultOf(session.post(this.#url, { body, headers: fields }));
  }
}

const binary = "application/octet-stream";

/** An item that is an array, but no batch, has one key for all its rows. */
function keysOf(
  rows: readonly unknown[],
  { idempotencyKey, idempotencyKeys }: ItemContext,
): readonly string[] {
  if (idempotencyKeys.length === rows.length) return idempotencyKeys;
  return rows.map((_, index) => `${idempotencyKey}/${index}`);
}

function toBody(row: unknown): string | Uint8Array {
  return typeof row === "string" || row instanceof Uint8Array ? row : JSON.stringify(row);
}

function outcomeOf({ ok, status, headers }: PostResponse, url: string | URL): ItemOutcome {
  if (ok) return saved;
  const retry = status >= 500 || [408, 425, 429].includes(status);
  return {
    ok: false,
    retry,
    error: new PostRefusedError(String(url), status, retryAfterMs(headers["retry-after"])),
  };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(value: string | readonly string[] | undefined): number | undefined {
  const text = typeof value === "string" ? value : value?.[0];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : undefined;
}
