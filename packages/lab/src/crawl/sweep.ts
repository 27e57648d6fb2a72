import {
  confirmKnee,
  findKnee,
  type KneeAnalysis,
  type KneeConfirmation,
  type LoadLevel,
  percentile,
} from "@overlap/report";
import { type LabDatabase, openDatabase } from "../lab-database.ts";
import { runInterleaved } from "../repeat.ts";
import { databaseOptions } from "../server-limits.ts";
import { type CrawlRun, runCrawlOnce } from "./run-once.ts";
import { steadyWindow } from "./steady-window.ts";
import { type CrawlSweepOptions, type ResolvedSweepOptions, resolveSweepOptions } from "./sweep-options.ts";

/** What was measured with one limit, while it was full. */
export interface SweepLevel extends LoadLevel {
  readonly failed: number;
  readonly meanInFlight: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the wall time for which this process' main thread computed. */
  readonly clientBusy: number;
  readonly run: CrawlRun;
}

/** What a sweep found. */
export interface CrawlSweepResult {
  readonly options: ResolvedSweepOptions;
  /** Every run of every level, in the order of the levels. */
  readonly levels: readonly SweepLevel[];
  readonly knee: KneeAnalysis;
  /** One more run with the limit that was named; left out when there is no knee. */
  readonly confirmation?: KneeConfirmation & { readonly level: SweepLevel };
}

/** A level has at least so many rounds of its limit, the first and the last of which don't count. */
const fewestRounds = 15;

/**
 * Downloads with one limit after the other, and finds the one beyond which more in flight bring nothing (S9). Only the time in which
 * the limit was full counts. The limit that is named is run once more, to confirm it.
 *
 * @throws OptionError; DatabaseDiedError; HttpError when the server cannot be reached any more; `signal.reason`.
 */
export async function runCrawlSweep(options: CrawlSweepOptions = {}): Promise<CrawlSweepResult> {
  const resolved = resolveSweepOptions(options);
  resolved.signal?.throwIfAborted();
  await using database = await openDatabase(databaseOptions(resolved), resolved.address);
  const sweep = new Sweep(resolved, database);
  await sweep.runLevel(Math.min(...resolved.levels), "warm-up"); // tells how long an answer takes, and does not count
  const runs = await runInterleaved(resolved.levels, resolved, (level) =>
    sweep.runLevel(level, `≤ ${level}`),
  );
  const levels = runs.flat();
  const knee = findKnee(levels, { seed: resolved.seed });
  if (knee.answer.found !== "knee") return { options: resolved, levels, knee };
  const level = await sweep.runLevel(knee.answer.concurrency, `confirming ≤ ${knee.answer.concurrency}`);
  return { options: resolved, levels, knee, confirmation: { ...confirmKnee(knee.answer, level), level } };
}

class Sweep {
  readonly #options: ResolvedSweepOptions;
  readonly #database: LabDatabase;
  /** Throughput by limit, of the levels that were run. */
  readonly #perSecond = new Map<number, number>();

  constructor(options: ResolvedSweepOptions, database: LabDatabase) {
    this.#options = options;
    this.#database = database;
  }

  async runLevel(concurrency: number, label: string): Promise<SweepLevel> {
    const { strategy, signal, onProgress } = this.#options;
    const run = await runCrawlOnce(strategy, {
      items: this.#itemsFor(concurrency),
      concurrency,
      database: this.#database,
      signal,
      onProgress,
      label,
    });
    const level = toLevel(run, strategy.inFlight(concurrency), concurrency);
    this.#perSecond.set(concurrency, level.perSecond);
    return level;
  }

  /** As many as should take `levelMs`, going by the nearest level that was run, and at least so many rounds. */
  #itemsFor(concurrency: number): number {
    const { levelMs, delayMs } = this.#options;
    const least = concurrency * fewestRounds;
    const known = [...this.#perSecond.keys()];
    if (known.length === 0)
      return Math.max(least, Math.round((levelMs * concurrency) / Math.max(1, delayMs)));
    const nearest = known.toSorted((a, b) => distance(a, concurrency) - distance(b, concurrency))[0] ?? 1;
    const perSecond = this.#perSecond.get(nearest) ?? 0;
    const expected = (perSecond * concurrency) / nearest;
    return Math.max(least, Math.round((expected * levelMs) / 1_000));
  }
}

function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

function toLevel(run: CrawlRun, inFlight: number, concurrency: number): SweepLevel {
  const spans = [...run.trace.spans()];
  const whole = { requests: run.items, failed: run.failed, wallMs: run.wallMs, meanInFlight: inFlight };
  const { requests, failed, wallMs, meanInFlight } = steadyWindow(spans, inFlight) ?? whole;
  const durations = spans.map((span) => span.endMs - span.startMs);
  return {
    concurrency,
    requests,
    wallMs,
    meanInFlight,
    failed,
    perSecond: (requests * 1_000) / wallMs,
    p50Ms: percentile(durations, 50),
    p99Ms: percentile(durations, 99),
    clientBusy: Math.min(1, run.times.mainCpuMs / run.wallMs),
    run,
  };
}
