/*
 * HttpError                        code
 * ├─ InvalidRequestError           OVERLAP_HTTP_INVALID_REQUEST    nothing was sent: an argument is wrong
 * ├─ SessionClosedError            OVERLAP_HTTP_SESSION_CLOSED     nothing was sent: the session is closed
 * ├─ ConnectError                  OVERLAP_HTTP_CONNECT            nothing was sent: no connection
 * ├─ ConnectionLostError           OVERLAP_HTTP_CONNECTION_LOST    the connection ended before the answer did
 * ├─ TimeoutError                  OVERLAP_HTTP_TIMEOUT_TOTAL      the answer was not there in time
 * ├─ ProtocolError                 OVERLAP_HTTP_PROTOCOL           the answer is not HTTP
 * ├─ BodyTooLargeError             OVERLAP_HTTP_BODY_TOO_LARGE     the answer has more bytes than allowed
 * └─ DecodeError                   OVERLAP_HTTP_DECODE             the answer came, but is not what it was read as
 *
 * A status of 400 or more is an answer, not an error.
 */

/** Where an error belongs, and what it comes from. */
export interface HttpErrorDetails {
  /** The URL of the request, as far as it is known. @default undefined */
  readonly url?: string | undefined;
  /** What failed underneath. @default undefined */
  readonly cause?: unknown;
}

/** What every error of this package extends. `code` is stable across versions; messages are not. */
export abstract class HttpError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
  /** The URL of the request that failed; `undefined` when the error is about the session's own options. */
  readonly url: string | undefined;

  constructor(message: string, { url, cause }: HttpErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.url = url;
  }
}

/** A URL, method, header or option is not acceptable; the message says what was expected. Nothing was sent. */
export class InvalidRequestError extends HttpError {
  override readonly name = "InvalidRequestError";
  readonly code = "OVERLAP_HTTP_INVALID_REQUEST";
}

/** The session was closed before the request could be made, or while it was made. */
export class SessionClosedError extends HttpError {
  override readonly name = "SessionClosedError";
  readonly code = "OVERLAP_HTTP_SESSION_CLOSED";
}

/** No connection could be made; the message names the address. The request was not sent, so trying again is safe. */
export class ConnectError extends HttpError {
  override readonly name = "ConnectError";
  readonly code = "OVERLAP_HTTP_CONNECT";
}

/** The connection ended before the answer was complete. The server may or may not have acted on the request. */
export class ConnectionLostError extends HttpError {
  override readonly name = "ConnectionLostError";
  readonly code = "OVERLAP_HTTP_CONNECTION_LOST";
}

/** The answer was not complete within `timeoutMs` of the request being handed to the network. */
export class TimeoutError extends HttpError {
  override readonly name = "TimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_TOTAL";
}

/** What the server sent is not HTTP. */
export class ProtocolError extends HttpError {
  override readonly name = "ProtocolError";
  readonly code = "OVERLAP_HTTP_PROTOCOL";
}

/** The body is, or says that it is, larger than `maxBodyBytes`. */
export class BodyTooLargeError extends HttpError {
  override readonly name = "BodyTooLargeError";
  readonly code = "OVERLAP_HTTP_BODY_TOO_LARGE";
}

/** The answer is complete but cannot be read as what was asked for, such as a body that is not JSON. */
export class DecodeError extends HttpError {
  override readonly name = "DecodeError";
  readonly code = "OVERLAP_HTTP_DECODE";
}
