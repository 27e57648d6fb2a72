import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendRefusal } from "./app.ts";
import { type Query, toAddRequest, toName, toRowsQuery } from "./parameters.ts";
import { Refusal } from "./refusals.ts";
import type { AddOutcome, AddService, ServiceCounts } from "./service.ts";
import type { Store } from "./store.ts";

/** What `GET /stats` answers. Counters run since the database started. */
export interface DatabaseStats extends ServiceCounts {
  /** How many rows the file holds. */
  readonly rows: number;
  /** How long the database has run, in milliseconds. */
  readonly uptimeMs: number;
  /** CPU time of the database's process, user and system, in milliseconds. */
  readonly cpuMs: number;
}

/** What the routes work on. */
export interface RouteParts {
  readonly service: AddService;
  readonly store: Store;
  /** The service time of a request that names none. */
  readonly delayMs: number;
}

type QueryRequest = FastifyRequest<{ Querystring: Query }>;

/** Adds every route of the database. */
export function addRoutes(app: FastifyInstance, { service, store, delayMs }: RouteParts): void {
  const startedMs = performance.now();
  app.route({
    method: ["GET", "POST"],
    url: "/add",
    handler: (request: QueryRequest, reply) => answerAdd(service, delayMs, request, reply),
  });
  app.get("/count", (request: QueryRequest, reply) => {
    reply.send({ count: store.count(toName(request.query)) });
  });
  app.get("/rows", (request: QueryRequest, reply) => {
    reply.send(store.page(toRowsQuery(request.query)));
  });
  app.delete("/rows", (request: QueryRequest, reply) => {
    reply.send({ deleted: store.delete(toName(request.query)) });
  });
  app.get("/stats", (_request, reply) => {
    reply.send(toStats(service, store, startedMs));
  });
  app.get("/health", (_request, reply) => {
    reply.send({ ok: true });
  });
}

function answerAdd(service: AddService, delayMs: number, request: QueryRequest, reply: FastifyReply): void {
  const wanted = toAddRequest(request.query, request.body, delayMs);
  const withdraw = service.add(wanted, (outcome) => sendOutcome(reply, outcome, service.closing));
  if (withdraw !== undefined) reply.raw.once("close", withdraw);
}

function sendOutcome(reply: FastifyReply, outcome: AddOutcome, closing: boolean): void {
  if (closing) reply.header("connection", "close");
  if (outcome.kind === "stored") reply.send(outcome.row);
  else sendRefusal(reply, toRefusal(outcome));
}

function toRefusal(outcome: Exclude<AddOutcome, { kind: "stored" }>): Refusal {
  switch (outcome.kind) {
    case "busy":
      return busy(outcome.retryAfterMs);
    case "injected":
      return new Refusal(
        503,
        "OVERLAP_LAB_INJECTED",
        "a failure that failRate asked for: nothing was stored",
      );
    case "uncommitted":
      return new Refusal(500, "OVERLAP_LAB_NOT_STORED", `nothing was stored: ${reasonOf(outcome.cause)}`);
    case "closing":
      return new Refusal(503, "OVERLAP_LAB_CLOSING", "the database is shutting down: nothing was stored");
  }
}

function busy(retryAfterMs: number): Refusal {
  const headers = {
    "retry-after": String(Math.ceil(retryAfterMs / 1_000)),
    "retry-after-ms": String(retryAfterMs),
  };
  const message = `no place is free; try again in ${retryAfterMs} ms`;
  return new Refusal(429, "OVERLAP_LAB_BUSY", message, headers);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function toStats(service: AddService, store: Store, startedMs: number): DatabaseStats {
  const { user, system } = process.cpuUsage();
  return {
    ...service.counts(),
    rows: store.count(undefined),
    uptimeMs: Math.round(performance.now() - startedMs),
    cpuMs: (user + system) / 1_000,
  };
}
