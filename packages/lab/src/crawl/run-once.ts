import { Session } from "@overlap/http";
import type { Trace } from "@overlap/trace";
import type { LabDatabase } from "../lab-database.ts";
import { type LabProgress, runStrategy, type StrategyRun } from "../run-strategy.ts";
import type { CrawlStrategy, CrawlWork, Download } from "./strategy.ts";

/** One run of one strategy. */
export interface CrawlRun extends StrategyRun {
  /** Bytes of all bodies. */
  readonly bytes: number;
  /** Downloads that brought no page: an error, or a status other than 2xx. */
  readonly failed: number;
}

interface RunOptions {
  readonly items: number;
  readonly concurrency: number;
  readonly database: LabDatabase;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: LabProgress) => void) | undefined;
  /** What its progress is called. */
  readonly label: string;
}

/** Runs a strategy once, with a session of its own. */
export async function runCrawlOnce(
  strategy: CrawlStrategy,
  { items, concurrency, database, signal, onProgress, label }: RunOptions,
): Promise<CrawlRun> {
  await using session = new Session({ limit: concurrency });
  const tally = { bytes: 0, failed: 0, done: 0 };
  const urlOf = (item: number) => `${database.address}/add?name=crawl-${strategy.name}-${item}`;
  const run = await runStrategy({
    strategy: strategy.name,
    items,
    signal,
    serverCpuMs: () => database.cpuMs(),
    work: (trace) => {
      const record = (download: Download) => {
        writeDown(trace, tally, download);
        onProgress?.({ strategy: label, done: ++tally.done, items });
      };
      return () => strategy.run({ items, concurrency, urlOf, ...createWork(session, trace, urlOf, record) });
    },
  });
  return { ...run, bytes: tally.bytes, failed: tally.failed };
}

function createWork(
  session: Session,
  { now }: Trace,
  urlOf: CrawlWork["urlOf"],
  record: CrawlWork["record"],
): Pick<CrawlWork, "download" | "request" | "record" | "now"> {
  return {
    now,
    record,
    request: (item) => session.get(urlOf(item)),
    *download(item) {
      const startMs = now();
      const response = yield* session.get(urlOf(item));
      const { byteLength } = yield* response.bytes();
      record({ startMs, endMs: now(), bytes: byteLength, ok: response.ok });
    },
  };
}

function writeDown(trace: Trace, tally: { bytes: number; failed: number }, download: Download): void {
  const { startMs, endMs, bytes, ok } = download;
  tally.bytes += bytes;
  if (!ok) tally.failed++;
  trace.span("download", "io", "download", startMs, endMs, ok);
}
