import { AddressNotAllowed } from "./connector.ts";
import {
  AddressRefusedError,
  ConnectError,
  ConnectionLostError,
  type HttpError,
  type HttpErrorDetails,
  InvalidRequestError,
  ProtocolError,
  SessionClosedError,
  TlsError,
} from "./errors.ts";

/** How far an attempt got before it failed. */
export interface Progress {
  readonly url: string;
  readonly origin: string;
  /** The request was written to a connection. */
  readonly sent: boolean;
  /** The header of the answer was complete. */
  readonly headed: boolean;
}

/** What undici, a socket or TLS reported, as an error of this package. */
export function toHttpError(error: Error, { url, origin, sent, headed }: Progress): HttpError {
  const code = codeOf(error);
  const details: HttpErrorDetails = { url, cause: error };
  if (refusals.has(code))
    return new InvalidRequestError(`the request cannot be sent: ${error.message}`, details);
  if (closings.has(code))
    return new SessionClosedError(`the session was closed before ${url} answered`, details);
  if (!sent) return toConnectError(error, code, origin, details);
  if (isLoss(error, code, headed)) {
    const when = headed ? "in the middle of the answer" : "before it answered";
    return new ConnectionLostError(`${addressOf(origin)} ended the connection ${when}`, details);
  }
  return new ProtocolError(`${addressOf(origin)} sent no valid HTTP: ${error.message}`, details);
}

function toConnectError(error: Error, code: string, origin: string, details: HttpErrorDetails): HttpError {
  const address = addressOf(origin);
  if (error instanceof AddressNotAllowed) {
    const resolved = new URL(origin).hostname.includes(error.address) ? "" : ` (${error.address})`;
    return new AddressRefusedError(`this session may not connect to ${address}${resolved}`, details);
  }
  if (isTlsFailure(error, code))
    return new TlsError(`no secure connection to ${address}: ${error.message}`, details);
  return new ConnectError(`could not connect to ${address}: ${whyNoConnection(error)}`, details);
}

/** OpenSSL's verdicts on certificates have no prefix of their own. */
const certificateFailure =
  /^(?:CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/;

function isTlsFailure(error: Error, code: string): boolean {
  if (certificateFailure.test(code) || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_"))
    return true;
  return code === "EPROTO" || error.message.startsWith(tlsCutShort);
}

/** The other side hung up in the middle of the handshake. */
const tlsCutShort = "Client network socket disconnected before secure TLS connection was established";

const refusals = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);
const closings = new Set(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);
const losses = new Set([
  "ECONNABORTED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETRESET",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_INFO",
]);

/** The parser's errors have a reason but no code of their own. */
const unfinished = /\(Invalid EOF state\)/;

/** undici gives a lost connection and an answer out of order the same code. */
const outOfOrder = new Set(["bad response", "bad upgrade"]);

function isLoss(error: Error, code: string, headed: boolean): boolean {
  if (code === "UND_ERR_SOCKET") return !outOfOrder.has(error.message);
  // The header was fine and the length known, so bytes can only be missing.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return headed;
  return losses.has(code) || unfinished.test(error.message);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name server does not answer",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "no answer",
  UND_ERR_CONNECT_TIMEOUT: "no answer",
  EMFILE: "too many open files",
  EADDRNOTAVAIL: "no local port or address left",
};

function whyNoConnection(error: Error): string {
  return reasons[codeOf(error)] ?? error.message;
}

/** When a name has several addresses, all of them failed; the first says enough. */
function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") return code;
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? codeOf(first) : "";
}

/** Host and port, the default port too. */
function addressOf(origin: string): string {
  const { host, port, protocol } = new URL(origin);
  return port === "" ? `${host}:${protocol === "https:" ? 443 : 80}` : host;
}
