import { ReportArgumentError } from "./errors.ts";
import type { ThroughputPoint } from "./throughput-models.ts";

/** What was measured with one limit of requests in flight. */
export interface LoadLevel {
  /** The limit N that was tried: at most so many in flight; a positive integer. */
  readonly concurrency: number;
  /** Requests made, failed ones included; at least 1. */
  readonly requests: number;
  /**
   * Requests that failed; at least 0.
   * @default 0
   */
  readonly failed?: number;
  /** From the first request to the last answer, in milliseconds; above 0. */
  readonly wallMs: number;
  /**
   * Requests in flight on average over that time ({@link meanInFlight}). The end of a short run, where fewer and fewer are
   * in flight, looks like a knee; with this figure it doesn't, without it a level needs 50 requests for each in flight.
   * @default unknown
   */
  readonly meanInFlight?: number;
}

/** A level that the fit left out, and why. */
export interface DroppedLevel {
  readonly concurrency: number;
  readonly reason: "errors" | "too-few-requests";
}

/** The levels as points of the curve, and those that can't be used. */
export interface UsableLevels {
  readonly points: readonly ThroughputPoint[];
  readonly dropped: readonly DroppedLevel[];
}

/** Failed requests take another time than good ones. */
const MOST_FAILED = 0.01;
const REQUESTS_EACH = 50;

/** Sorts out the levels with more than 1 % of errors, and those of which too little is known. */
export function usableLevels(levels: Iterable<LoadLevel>): UsableLevels {
  const points: ThroughputPoint[] = [];
  const dropped: DroppedLevel[] = [];
  for (const level of levels) {
    checkLevel(level);
    const reason = reasonToDrop(level);
    if (reason === undefined) points.push(toPoint(level));
    else dropped.push({ concurrency: level.concurrency, reason });
  }
  return { points: points.toSorted((a, b) => a.inFlight - b.inFlight), dropped };
}

/** Requests a second that were answered well. */
export function goodPerSecond({ requests, failed = 0, wallMs }: LoadLevel): number {
  return ((requests - failed) * 1_000) / wallMs;
}

function toPoint(level: LoadLevel): ThroughputPoint {
  return { inFlight: level.meanInFlight ?? level.concurrency, perSecond: goodPerSecond(level) };
}

function reasonToDrop({
  concurrency,
  requests,
  failed = 0,
  meanInFlight,
}: LoadLevel): DroppedLevel["reason"] | undefined {
  if (failed > requests * MOST_FAILED) return "errors";
  return meanInFlight === undefined && requests < concurrency * REQUESTS_EACH
    ? "too-few-requests"
    : undefined;
}

function checkLevel({ concurrency, requests, failed = 0, wallMs, meanInFlight }: LoadLevel): void {
  check(Number.isInteger(concurrency) && concurrency >= 1, "a positive integer", "concurrency", concurrency);
  check(Number.isInteger(requests) && requests >= 1, "a positive integer", "requests", requests);
  check(failed >= 0 && failed <= requests, "a number from 0 to requests", "failed", failed);
  check(wallMs > 0, "a number above 0", "wallMs", wallMs);
  check(meanInFlight === undefined || meanInFlight > 0, "a number above 0", "meanInFlight", meanInFlight);
}

function check(holds: boolean, expected: string, argument: string, got: unknown): void {
  if (!holds) throw new ReportArgumentError(expected, argument, got);
}
