import { type Diagnosis, describeRun, formatRatio, type RecordedRun } from "@overlap/report";
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

/** How programs are written first: what others are compared with. */
const baseline = "serial";

/**
 * How much faster the best of these runs is than the serial one, or else than the slowest, item for item, and what limits the best
 * one now.
 */
export function compareRuns<R extends StrategyRun>(
  runs: readonly R[],
  record: (run: R) => RecordedRun,
): Diagnosis {
  const sorted = runs.toSorted((a, b) => perItemMs(a) - perItemMs(b));
  const best = sorted[0] as R; // every experiment runs at least one strategy
  const slower = sorted.slice(1);
  const other = slower.find(({ strategy }) => strategy === baseline) ?? slower.at(-1);
  const { diagnosis } = describeRun(record(best));
  if (other === undefined) return diagnosis;
  const gain = formatRatio(perItemMs(other) / perItemMs(best));
  const comparison = `${best.strategy} is ${gain} as fast as ${other.strategy}, item for item.`;
  return { ...diagnosis, headline: `${comparison} ${diagnosis.headline}` };
}

/** What the page draws of one run. */
export type Timeline = ExperimentPage<never>["strategies"][number];

/** What the page draws of a run, with what limited it. */
export function timelineOf({ name, description }: StrategyInfo, recorded: RecordedRun): Timeline {
  const { limit, times } = recorded.record;
  const { diagnosis, breakdown } = describeRun(recorded);
  return {
    name,
    description,
    ...drawn(recorded.trace, times),
    inFlight: isRequest,
    breakdown,
    diagnosis,
    ...(limit > 0 && { limit }),
  };
}

/** What the page draws of a run that is no race, so that nothing limits it. */
export function plainTimeline({ name, description }: StrategyInfo, { trace, times }: StrategyRun): Timeline {
  return { name, description, ...drawn(trace, times) };
}

function drawn(
  trace: StrategyRun["trace"],
  { wallMs, startMs }: StrategyRun["times"],
): Pick<Timeline, "wallMs" | "startMs" | "spans" | "droppedSpans"> {
  return { wallMs, startMs, spans: trace.spans(), droppedSpans: trace.dropped };
}

/** How far the figures can be trusted, for a person. */
export function repeatNote(repeat: number): string {
  return repeat === 1
    ? "One run of each strategy: differences of a few percent mean nothing. With --repeat 6 there are medians with their range."
    : `The median of ${repeat} runs of each strategy, interleaved in shuffled order, after one that did not count.`;
}
