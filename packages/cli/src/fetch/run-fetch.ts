import { Session, type TraceSink } from "@overlap/http";
import { CancelledError, type Coroutine } from "@overlap/loop";
import {
  type Job,
  type JobProgress,
  type JobSummary,
  pipeline,
  type RowSink,
  type StageFunction,
} from "@overlap/pipeline";
import { type Decision, RetryBudget } from "@overlap/policy";
import { Backlog } from "./backlog.ts";
import type { BodyFolder } from "./body-folder.ts";
import { openLimit } from "./fetch-limit.ts";
import type { FetchRow } from "./fetch-row.ts";
import { FetchTotals } from "./fetch-totals.ts";
import { Fetcher } from "./fetcher.ts";
import { allSinks, manifestFile, type WriteWatcher } from "./row-sink.ts";
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
  /** Told from time to time; `null` when nobody wants to know. */
  readonly onProgress: ((progress: FetchProgress) => void) | null;
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
  const { limiter, most } = openLimit(plan.concurrency, controls.trace, decisions);
  // One batch is written while the next comes together.
  const backlog = new Backlog(limiter, 2 * batchItems);
  const budget = new RetryBudget();
  await using session = openSession(plan, { backlog, budget, trace: controls.trace });
  const fetcher = new Fetcher({ ...plan, session, backlog, budget });
  const { drain, stop, onProgress } = controls;
  const job = toJob({ ...plan, most }, fetchLines(fetcher, controls), {
    onWritten(rows) {
      totals.addAll(rows);
      backlog.leave(rows.length);
    },
    onError: (error) => stop.abort(error),
  });
  drain.addEventListener("abort", () => session.cancelWaiting("the run ends"), { once: true });
  const summary = await job.run({
    signal: stop.signal,
    drain,
    graceMs,
    resume: plan.resume,
    ...(onProgress !== null && {
      onProgress: ({ skipped }: JobProgress) => onProgress({ totals, inFlight: session.inFlight, skipped }),
    }),
  });
  totals.addUnread(unreadOf(summary));
  const { wallMs, skipped } = summary;
  return { totals, wallMs, skipped, limit: limiter.limit, decisions };
}

/** What the session shares with those who use it. */
interface SessionParts {
  readonly backlog: Backlog;
  readonly budget: RetryBudget;
  readonly trace: TraceSink | null;
}

/** Lines that the source could not read; what failed in a stage was withdrawn by the end of the run, and is not done. */
function unreadOf({ failed, stages }: JobSummary): number {
  return stages.reduce((rest, stage) => rest - stage.failed, failed);
}

function openSession(plan: FetchPlan, { backlog, budget, trace }: SessionParts): Session {
  const { perHost, ratePerSecond, retries, timeoutMs, publicOnly, headers } = plan;
  return new Session({
    limit: backlog,
    timeoutMs,
    retry: retries === 0 ? false : { attempts: retries + 1, budget },
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
    ...(trace.count !== undefined && { count: trace.count.bind(trace) }),
  };
}

function toJob(
  { source, folder, rows, journal, most }: FetchPlan & { readonly most: number },
  fetchLine: StageFunction<string, FetchRow>,
  watcher: WriteWatcher,
): Job {
  const sinks = [
    ...(folder === null ? [] : [manifestFile(folder.manifest)]),
    ...(rows === null ? [] : [rows]),
  ];
  return pipeline(source.lines)
    .filter(isUrlLine)
    .io("fetch", fetchLine, { concurrency: most + lookahead })
    .batch({ items: batchItems, withinMs: 20 })
    .to(allSinks(sinks, watcher), {
      maxFailures: Number.POSITIVE_INFINITY,
      ...(journal !== null && { journal }),
    });
}

/** The stage's function. Whatever a URL does is a row; what is thrown all the same, such as a full disk, ends the run. */
function fetchLines(fetcher: Fetcher, { drain, stop }: FetchControls): StageFunction<string, FetchRow> {
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
