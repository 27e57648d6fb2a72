/**
 * What the database answers instead of a result: `{ "error": { "code", "message" } }`.
 *
 * | status | code | |
 * |---|---|---|
 * | 400 | `OVERLAP_LAB_BAD_PARAMETER` | a parameter is outside its range |
 * | 400 | `OVERLAP_LAB_BAD_REQUEST` | not HTTP, or a URL that can't be decoded |
 * | 404 | `OVERLAP_LAB_NO_ROUTE` | no such path, or not with that method |
 * | 413 | `OVERLAP_LAB_BODY_TOO_LARGE` | a body above 1 MiB |
 * | 429 | `OVERLAP_LAB_BUSY` | capacity or rate is used up, and the database rejects |
 * | 500 | `OVERLAP_LAB_NOT_STORED` | the transaction failed: nothing is stored |
 * | 500 | `OVERLAP_LAB_INTERNAL` | anything else, such as a file that can't be read |
 * | 503 | `OVERLAP_LAB_INJECTED` | a failure that `failRate` asked for: nothing is stored |
 * | 503 | `OVERLAP_LAB_CLOSING` | the database is shutting down: nothing is stored |
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** The body of the answer. */
  toJSON(): { error: { code: string; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}
