import { Session, type TraceSink } from "@overlap/http";
import { CancelledError, type Coroutine } from "@overlap/loop";
import { type Job, type JobSummary, pipeline, type RowSink, type StageFunction } from "@overlap/pipeline";
import { AutoLimiter, type Decision, FixedLimiter, type Limiter, recordDecisions } from "@overlap/policy";
import { Backlog } from "./backlog.ts";
import type { BodyFolder } from "./body-folder.ts";
import type { FetchRow } from "./fetch-row.ts";
import { FetchTotals } from "./fetch-totals.ts";
import { Fetcher } from "./fetcher.ts";
import { allSinks, manifestFile } from "./row-sink.ts";
import { isUrlLine, type UrlSource } from "./url-source.ts";

/** What to fetch, how, and where its rows go. */
export interface FetchPlan {
  readonly source: UrlSource;
  readonly concurrency: number | "auto";
  readonly perHost: number | "auto" | undefined;
  readonly ratePerSecond: number | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly data: string | Uint8Array | null;
  readonly keepText: boolean;
  readonly publicOnly: boolean;
  readonly folder: BodyFolder | null;
  /** Where the rows go; `null` when only their sum is wanted. */
  readonly rows: RowSink<FetchRow> | null;
  readonly journal: string | null;
  readonly resume: boolean;
}

/** How a run is watched and ended. */
export interface FetchControls {
  /** Ends it in order: nothing more is taken or sent, what is in flight is finished. */
  readonly drain: AbortSignal;
  /** Ends it at once. */
  readonly stop: AbortController;
  /** Where the requests leave their spans; `null` when nobody wants them. */
  readonly trace: TraceSink | null;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** How far a run is. */
export interface FetchProgress {
  readonly totals: FetchTotals;
  /** Requests on the network. */
  readonly inFlight: number;
  /** Left out, because an earlier run was done with them. */
  readonly skipped: number;
}

/** What a run came to. */
export interface FetchResult {
  readonly totals: FetchTotals;
  readonly wallMs: number;
  /** Left out, because an earlier run was done with them. */
  readonly skipped: number;
  /** How many could be in flight at the end, and how that was found; nothing was decided about a number that was given. */
  readonly limit: number;
  readonly decisions: readonly Decision[];
}

/** What is in flight may take so long when a run is to end; then it is cancelled. */
export const graceMs = 4_000;

/** Where the number in flight begins that is to be found: so many servers may hang before anything is found out. */
const start = 16;
/** URLs that may wait in the session for a host that is busy, slow or asked for a pause, so that other hosts go on. */
const lookahead = 1_000;
/** Rows that are written together. */
const batchItems = 100;

/**
 * Fetches all URLs: lazily read, with the rows written no faster than they are taken.
 *
 * @throws SaveError, SinkError and the like: what cannot be written ends the run; `stop`'s reason.
 */
export async function runFetch(plan: FetchPlan, controls: FetchControls): Promise<FetchResult> {
  const totals = new FetchTotals();
  const decisions: Decision[] = [];
  const limiter = openLimiter(plan, controls.trace, decisions);
  const most = mostOf(limiter);
  // One batch is written while the next comes together.
  const backlog = new Backlog(limiter, most + 2 * batchItems);
  await using session = openSession(plan, backlog, controls.trace);
  const fetcher = new Fetcher({ ...plan, session, backlog });
  const job = toJob(plan, most, fetchOrStop(fetcher, controls), (rows) => {
    totals.addAll(rows);
    backlog.leave(rows.length);
  });
  const withdraw = () => session.cancelWaiting("the run ends");
  controls.drain.addEventListener("abort", withdraw, { once: true });
  const summary = await job.run({
    signal: controls.stop.signal,
    drain: controls.drain,
    graceMs,
    resume: plan.resume,
    onProgress: ({ skipped }) => controls.onProgress({ totals, inFlight: session.inFlight, skipped }),
  });
  totals.addUnread(unreadOf(summary));
  const { wallMs, skipped } = summary;
  return { totals, wallMs, skipped, limit: limiter.limit, decisions };
}

/** Lines that the source could not read; what failed in a stage was withdrawn by the end of the run, and is not done. */
function unreadOf({ failed, stages }: JobSummary): number {
  return stages.reduce((rest, stage) => rest - stage.failed, failed);
}

function openLimiter(
  { concurrency }: FetchPlan,
  trace: TraceSink | null,
  decisions: Decision[],
): FixedLimiter | AutoLimiter {
  if (concurrency !== "auto") return new FixedLimiter(concurrency);
  const limiter = new AutoLimiter({ start, onDecision: (decision) => decisions.push(decision) });
  if (trace?.count !== undefined) {
    recordDecisions(limiter, { now: () => trace.now(), count: trace.count.bind(trace) });
  }
  return limiter;
}

function mostOf(limiter: FixedLimiter | AutoLimiter): number {
  return limiter instanceof AutoLimiter ? limiter.max : limiter.limit;
}

function openSession(plan: FetchPlan, limit: Limiter, trace: TraceSink | null): Session {
  const { perHost, ratePerSecond, retries, timeoutMs, publicOnly, headers } = plan;
  return new Session({
    limit,
    timeoutMs,
    retry: retries === 0 ? false : { attempts: retries + 1 },
    publicOnly,
    headers,
    ...(perHost !== undefined && { perHost }),
    ...(ratePerSecond !== undefined && { rate: { perSecond: ratePerSecond } }),
    ...(trace !== null && { trace: requestsOf(trace) }),
  });
}

/** Waiting in our own queue is no news: there are always some who do. */
function requestsOf(trace: TraceSink): TraceSink {
  return {
    now: () => trace.now(),
    span(lane, kind, ...rest) {
      if (kind !== "queue") trace.span(lane, kind, ...rest);
    },
  };
}

function toJob(
  { source, folder, rows, journal }: FetchPlan,
  mostInFlight: number,
  fetchLine: StageFunction<string, FetchRow>,
  onWritten: (rows: readonly FetchRow[]) => void,
): Job {
  const sinks = [
    ...(folder === null ? [] : [manifestFile(folder.manifest)]),
    ...(rows === null ? [] : [rows]),
  ];
  return pipeline(source.lines)
    .filter(isUrlLine)
    .io("fetch", fetchLine, { concurrency: mostInFlight + lookahead })
    .batch({ items: batchItems, withinMs: 20 })
    .to(allSinks(sinks, onWritten), {
      maxFailures: Number.POSITIVE_INFINITY,
      ...(journal !== null && { journal }),
    });
}

/** Whatever a URL does is a row; what is thrown all the same, such as a full disk, ends the run. */
function fetchOrStop(fetcher: Fetcher, { drain, stop }: FetchControls): StageFunction<string, FetchRow> {
  return function* fetchLine(line, { idempotencyKey }): Coroutine<FetchRow> {
    if (drain.aborted) throw new CancelledError(drain.reason); // taken before, begun after
    try {
      return yield* fetcher.fetch(line.trim(), Number(idempotencyKey) + 1);
    } catch (error) {
      if (!(error instanceof CancelledError)) stop.abort(error);
      throw error;
    }
  };
}
