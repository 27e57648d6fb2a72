import { type Diagnosis, formatRatio } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import type { StrategyInfo } from "./choose-strategies.ts";
import { isRequest } from "./figures.ts";
import { medianRun, type Runs } from "./repeat.ts";
import type { StrategyRun } from "./run-strategy.ts";

/** The median run of each strategy. */
export function medianRuns<R extends StrategyRun>(runs: readonly Runs<R>[]): R[] {
  return runs.map((ofOne) => medianRun(ofOne, (run) => run.wallMs));
}

/** Wall time for each item. */
export function perItemMs({ wallMs, items }: Pick<StrategyRun, "wallMs" | "items">): number {
  return wallMs / items;
}

/** How much faster the best of these runs is than the slowest, item for item, and what limits the best one now. */
export function compareRuns<R extends StrategyRun>(
  runs: readonly R[],
  diagnoseOne: (run: R) => Diagnosis,
): Diagnosis {
  const sorted = runs.toSorted((a, b) => perItemMs(a) - perItemMs(b));
  const best = sorted[0] as R; // every experiment runs at least one strategy
  const worst = sorted.at(-1) as R;
  const diagnosis = diagnoseOne(best);
  if (best === worst) return diagnosis;
  const gain = formatRatio(perItemMs(worst) / perItemMs(best));
  const comparison = `${best.strategy} is ${gain} as fast as ${worst.strategy}, item for item.`;
  return { ...diagnosis, headline: `${comparison} ${diagnosis.headline}` };
}

/** What the page draws of one run. */
export type Timeline = ExperimentPage<never>["strategies"][number];

/** What the page draws of one run. `limit` is 0 for a run that makes no requests. */
export function timelineOf(
  run: StrategyRun,
  { name, description }: StrategyInfo,
  limit: number,
  diagnosis: Diagnosis,
): Timeline {
  return {
    name,
    description,
    wallMs: run.wallMs,
    startMs: run.startMs,
    spans: run.trace.spans(),
    droppedSpans: run.trace.dropped,
    inFlight: isRequest,
    diagnosis,
    ...(limit > 0 && { limit }),
  };
}

/** How far the figures can be trusted, for a person. */
export function repeatNote(repeat: number): string {
  return repeat === 1
    ? "One run of each strategy: differences of a few percent mean nothing. With --repeat 6 there are medians with their range."
    : `The median of ${repeat} runs of each strategy, interleaved in shuffled order.`;
}
