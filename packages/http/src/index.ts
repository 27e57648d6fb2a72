/**
 * `@overlap/http`: one session, very many requests.
 */

// Errors
export {
  AddressRefusedError,
  BodyTooLargeError,
  ConnectError,
  ConnectionLostError,
  ConnectTimeoutError,
  DecodeError,
  HeadersTimeoutError,
  HttpError,
  type HttpErrorDetails,
  IdleTimeoutError,
  InvalidRequestError,
  ProtocolError,
  QueueTimeoutError,
  RedirectError,
  RequestAbortedError,
  SessionClosedError,
  TimeoutError,
  TlsError,
  TotalTimeoutError,
} from "./errors.ts";
// Very many requests at once
export { type FetchManyOptions, fetchMany } from "./fetch-many.ts";
// What a request may say
export type {
  GetOptions,
  HeaderFields,
  HttpRetryOptions,
  PostOptions,
  QueryFields,
  QueryValue,
  RequestOptions,
  SessionOptions,
  TlsSettings,
  TransferOptions,
} from "./options.ts";
export type { ManyOutcome, OutcomeOptions, OutcomeStream } from "./outcome-stream.ts";
// What comes back
export type { Redirect } from "./redirect.ts";
// Where names lead, and which addresses are public
export { isPublicAddress } from "./address-guard.ts";
export type { Lookup, ResolvedAddress } from "./resolver.ts";
export type { HttpResponse, ResponseHead, ResponseHeaders, ResponseTimings } from "./response.ts";
// The session
export { Session } from "./session.ts";
// Where it leaves its spans
export type { TraceSink } from "./trace-sink.ts";
