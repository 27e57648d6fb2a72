/**
 * `@overlap/http`: one session, very many requests.
 */

// Errors
export {
  BodyTooLargeError,
  ConnectError,
  ConnectionLostError,
  DecodeError,
  HttpError,
  type HttpErrorDetails,
  InvalidRequestError,
  ProtocolError,
  SessionClosedError,
  TimeoutError,
} from "./errors.ts";
// What a request may say
export type {
  GetOptions,
  HeaderFields,
  PostOptions,
  QueryFields,
  QueryValue,
  RequestOptions,
  SessionOptions,
} from "./options.ts";
// What comes back
export type { HttpResponse, ResponseHeaders, ResponseTimings } from "./response.ts";
// The session
export { Session } from "./session.ts";
// Where it leaves its spans
export type { TraceSink } from "./trace-sink.ts";
