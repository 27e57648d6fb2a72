import type { HttpResponse } from "@overlap/http";
import type { Coroutine, Future } from "@overlap/loop";
import type { StrategyInfo } from "../choose-strategies.ts";

/** How one download went. */
export interface Download {
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: number;
  readonly ok: boolean;
}

/** What a strategy has to do: get page number 0 to `items` − 1, each to its last byte. */
export interface CrawlWork {
  readonly items: number;
  /** Downloads in flight at most. */
  readonly concurrency: number;
  /** The clock of the trace. */
  now(): number;
  urlOf(item: number): string;
  /** Gets a page as a coroutine, and records it. */
  download(item: number): Coroutine<void>;
  /** Asks for a page; its answer is to be recorded with `record`. */
  request(item: number): Future<HttpResponse>;
  /** A download has ended. */
  record(download: Download): void;
}

/** A way of writing the crawler. */
export interface CrawlStrategy extends StrategyInfo {
  /** How many downloads it has in flight at most, for the limit it is told. */
  readonly inFlight: (concurrency: number) => number;
  /** Downloads every page. */
  run(work: CrawlWork): Coroutine<void>;
}

/** As many as it is told. */
export function asTold(concurrency: number): number {
  return concurrency;
}
