import type { Socket } from "node:net";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { Refusal } from "./refusals.ts";

const maxBodyBytes = 1024 * 1024;

/** Longer than any client of a benchmark idles between two requests. */
const keepAliveTimeoutMs = 75_000;

/** A fastify without routes that reads every body as text and answers every failure as a {@link Refusal}. */
export function createApp(): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply: FastifyReply) => sendRefusal(reply, toRefusal(error)),
    clientErrorHandler: answerBrokenRequest,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, _request, reply) => sendRefusal(reply, toRefusal(error)));
  app.setNotFoundHandler((request, reply) => sendRefusal(reply, noRoute(request)));
  return app;
}

/** Answers with the status, the headers and the body of the refusal. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.code(refusal.status).headers(refusal.headers).send(refusal.toJSON());
}

function toRefusal(error: FastifyError | Refusal): Refusal {
  if (error instanceof Refusal) return error;
  const status = error.statusCode ?? 500;
  if (status === 413) {
    return new Refusal(413, "OVERLAP_LAB_BODY_TOO_LARGE", `expected a body of at most ${maxBodyBytes} bytes`);
  }
  return status < 500
    ? new Refusal(status, "OVERLAP_LAB_BAD_REQUEST", error.message)
    : new Refusal(500, "OVERLAP_LAB_INTERNAL", error.message);
}

function noRoute(request: FastifyRequest): Refusal {
  const routes = "GET|POST /add, GET /count, GET|DELETE /rows, GET /stats, GET /health";
  return new Refusal(
    404,
    "OVERLAP_LAB_NO_ROUTE",
    `no route ${request.method} ${request.url}; there are: ${routes}`,
  );
}

/** Answers what Node couldn't parse, and what took too long to arrive. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = brokenRequestStatus(error.code);
  const body = JSON.stringify(new Refusal(400, "OVERLAP_LAB_BAD_REQUEST", error.message));
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function brokenRequestStatus(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
}
