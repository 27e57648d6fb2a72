import { type Coroutine, currentLoop } from "@overlap/loop";
import { JobRun } from "./engine/job-run.ts";
import type { JobOptions, JobPlan, JobProgress, JobSummary } from "./job.ts";
import { JobOpening } from "./job-opening.ts";

/** One run of a job, from opening to closing. */
export function* runJob(plan: JobPlan, options: JobOptions): Coroutine<JobSummary> {
  const { signal, drain, graceMs = 30_000, trace = null, stages = {}, onProgress } = options;
  signal?.throwIfAborted();
  const startMs = currentLoop().now();
  const opening = new JobOpening(plan, options);
  const run = new JobRun(opening, { trace, maxFailures: plan.maxFailures, overrides: stages });
  const progress = (): JobProgress => progressOf(run, currentLoop().now() - startMs);
  using watch = new DisposableStack();
  watch.use(onAbort(signal, () => run.abort(signal?.reason)));
  watch.use(onAbort(drain, () => watch.use(drainWithin(run, graceMs))));
  if (onProgress !== undefined) {
    const tell = () => onProgress(progress());
    watch.use(every(options.progressEveryMs ?? 100, tell, (error) => run.abort(error)));
  }
  try {
    yield* run.run();
  } finally {
    onProgress?.(progress());
  }
  return { ...progress(), ended: run.ended };
}

function progressOf(run: JobRun, wallMs: number): JobProgress {
  const stages = run.stages();
  const retries = stages.reduce((sum, stage) => sum + stage.retries, 0);
  return { ...run.accounts.counts.snapshot(), retries, stages, wallMs };
}

/** Calls `act` when the signal fires, or now if it has; until disposed of. */
function onAbort(signal: AbortSignal | undefined, act: () => void): Disposable {
  if (signal?.aborted) act();
  else signal?.addEventListener("abort", act, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", act) };
}

function drainWithin(run: JobRun, graceMs: number): Disposable {
  run.drain();
  const timer =
    graceMs < Number.POSITIVE_INFINITY ? currentLoop().callLater(graceMs, () => run.cutDrain()) : null;
  return { [Symbol.dispose]: () => timer?.cancel() };
}

/** Calls `act` every so often until disposed of, or until it throws. */
function every(everyMs: number, act: () => void, onError: (error: unknown) => void): Disposable {
  const loop = currentLoop();
  let timer = loop.callLater(everyMs, again);
  function again(): void {
    timer = loop.callLater(everyMs, again);
    try {
      act();
    } catch (error) {
      timer.cancel();
      onError(error);
    }
  }
  return { [Symbol.dispose]: () => timer.cancel() };
}
