/*
 * HttpError                        code
 * ├─ InvalidRequestError           OVERLAP_HTTP_INVALID_REQUEST    nothing was sent: an argument is wrong
 * ├─ SessionClosedError            OVERLAP_HTTP_SESSION_CLOSED     nothing was sent: the session is closed
 * ├─ AddressRefusedError           OVERLAP_HTTP_ADDRESS_REFUSED    nothing was sent: the address is not allowed
 * ├─ ConnectError                  OVERLAP_HTTP_CONNECT            nothing was sent: no connection
 * ├─ TlsError                      OVERLAP_HTTP_TLS                nothing was sent: no secure connection
 * ├─ RequestAbortedError           OVERLAP_HTTP_ABORTED            its signal fired
 * ├─ ConnectionLostError           OVERLAP_HTTP_CONNECTION_LOST    the connection ended before the answer did
 * ├─ TimeoutError                                                  something took too long
 * │  ├─ QueueTimeoutError          OVERLAP_HTTP_TIMEOUT_QUEUE      nothing was sent: no slot
 * │  ├─ ConnectTimeoutError        OVERLAP_HTTP_TIMEOUT_CONNECT    nothing was sent: no connection
 * │  ├─ HeadersTimeoutError        OVERLAP_HTTP_TIMEOUT_HEADERS    no header of an answer
 * │  ├─ IdleTimeoutError           OVERLAP_HTTP_TIMEOUT_IDLE       the body stopped coming
 * │  └─ TotalTimeoutError          OVERLAP_HTTP_TIMEOUT_TOTAL      the answer was not there in time
 * ├─ ProtocolError                 OVERLAP_HTTP_PROTOCOL           the answer is not HTTP
 * ├─ RedirectError                 OVERLAP_HTTP_REDIRECT           the answer leads nowhere
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
  /**
   * The URL that failed, without user and password; after a redirect, where it led. `undefined` when the error is about
   * the session's own options.
   */
  readonly url: string | undefined;
  /** How often the request was handed to the network, redirects not counted. */
  attempts = 0;
  /** Milliseconds from when the last attempt was handed to the network until it failed; 0 when there was none. */
  elapsedMs = 0;

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

/** The session may not connect to this address, or to one that the name stands for. Nothing was sent. */
export class AddressRefusedError extends HttpError {
  override readonly name = "AddressRefusedError";
  readonly code = "OVERLAP_HTTP_ADDRESS_REFUSED";
}

/** No connection could be made; the message names the address. The request was not sent, so trying again is safe. */
export class ConnectError extends HttpError {
  override readonly name = "ConnectError";
  readonly code = "OVERLAP_HTTP_CONNECT";
}

/** The certificate is not accepted, or the other side does not speak TLS. The request was not sent. */
export class TlsError extends HttpError {
  override readonly name = "TlsError";
  readonly code = "OVERLAP_HTTP_TLS";
}

/** The connection ended before the answer was complete. The server may or may not have acted on the request. */
export class ConnectionLostError extends HttpError {
  override readonly name = "ConnectionLostError";
  readonly code = "OVERLAP_HTTP_CONNECTION_LOST";
}

/** The signal of one of many requests fired; its reason is the `cause`. A single request fails with the reason itself. */
export class RequestAbortedError extends HttpError {
  override readonly name = "RequestAbortedError";
  readonly code = "OVERLAP_HTTP_ABORTED";
}

/** What every deadline that passed throws; its class and `code` say which. */
export abstract class TimeoutError extends HttpError {}

/** The request got no slot within `queueTimeoutMs`. Nothing was sent. */
export class QueueTimeoutError extends TimeoutError {
  override readonly name = "QueueTimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_QUEUE";
}

/** There was no connection within `connectTimeoutMs`. Nothing was sent. */
export class ConnectTimeoutError extends TimeoutError {
  override readonly name = "ConnectTimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_CONNECT";
}

/** The header of the answer was not complete within `headersTimeoutMs` of the request being sent. */
export class HeadersTimeoutError extends TimeoutError {
  override readonly name = "HeadersTimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_HEADERS";
}

/** No byte of the body came for `idleTimeoutMs`. */
export class IdleTimeoutError extends TimeoutError {
  override readonly name = "IdleTimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_IDLE";
}

/** The answer was not complete within `timeoutMs` of the request being handed to the network. */
export class TotalTimeoutError extends TimeoutError {
  override readonly name = "TotalTimeoutError";
  readonly code = "OVERLAP_HTTP_TIMEOUT_TOTAL";
}

/** What the server sent is not HTTP. */
export class ProtocolError extends HttpError {
  override readonly name = "ProtocolError";
  readonly code = "OVERLAP_HTTP_PROTOCOL";
}

/** A redirect leads to no URL of http or https, round in a circle, or further than `maxRedirects` allows. */
export class RedirectError extends HttpError {
  override readonly name = "RedirectError";
  readonly code = "OVERLAP_HTTP_REDIRECT";
}

/** The body is, or says that it is, larger than `maxBodyBytes`, as it comes or decompressed. */
export class BodyTooLargeError extends HttpError {
  override readonly name = "BodyTooLargeError";
  readonly code = "OVERLAP_HTTP_BODY_TOO_LARGE";
}

/**
 * The answer is complete but cannot be read as what it says it is, or as what was asked for: compressed data that is
 * broken, a coding that nobody knows, a body that is not JSON.
 */
export class DecodeError extends HttpError {
  override readonly name = "DecodeError";
  readonly code = "OVERLAP_HTTP_DECODE";
}
