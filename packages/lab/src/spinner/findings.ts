import { breakDown, type Column, type Diagnosis, formatMs } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import type { Span } from "@overlap/trace";
import { plainTimeline } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import type { SpinnerResult, SpinnerRun } from "./experiment.ts";
import { type SpinnerStrategy, spinnerStrategies } from "./strategies.ts";

/** The result in every form in which it can be shown. */
export function spinnerFindings(result: SpinnerResult): Findings<SpinnerRun> {
  const table = () => ({ columns, rows: result.runs });
  return {
    json: () => spinnerJson(result),
    table,
    diagnosis: () => spinnerDiagnosis(result),
    records: () => result.runs.map((run) => recordRun(run, { limit: 0 })),
    page: () => spinnerPage(result, table()),
  };
}

const columns: readonly Column<SpinnerRun>[] = [
  { header: "strategy", value: (run) => run.strategy },
  { header: "slow call", value: (run) => (strategyOf(run).blocks ? "blocks" : "waits") },
  { header: "frames", value: (run) => run.frames.length },
  {
    header: "longest still",
    value: longestStillMs,
    format: formatMs,
    description: "the longest time between two frames, or from the last one to the end",
  },
  { header: "ended by", value: (run) => strategyOf(run).endedBy },
  { header: "answer", value: (run) => run.answer },
];

function spinnerJson({ slowMs, frameMs, runs }: SpinnerResult): object {
  return {
    experiment: "spinner",
    slowMs,
    frameMs,
    strategies: runs.map((run) => ({
      name: run.strategy,
      frames: run.frames.length,
      longestStillMs: longestStillMs(run),
      wallMs: run.wallMs,
      answer: run.answer,
    })),
  };
}

function longestStillMs({ frames, startMs, wallMs }: SpinnerRun): number {
  const ends = [...frames.slice(1), startMs + wallMs];
  return Math.max(...frames.map((atMs, index) => (ends[index] ?? atMs) - atMs));
}

function spinnerDiagnosis({ runs, slowMs }: SpinnerResult): Diagnosis {
  const turned = runs.map((run) => `${run.strategy} drew ${run.frames.length}`).join(", ");
  return {
    rule: "finding",
    headline: `Frames in ${formatMs(slowMs)}: ${turned}.`,
    why: "A thread turns beside a call that blocks, and has to be told to stop. A coroutine needs a call that waits, and is cancelled at its wait. Beside a call that blocks, nothing on the loop moves.",
  };
}

function spinnerPage(
  result: SpinnerResult,
  table: ReturnType<Findings<SpinnerRun>["table"]>,
): ExperimentPage<SpinnerRun> {
  return {
    title: "Spinner",
    subtitle: `Something turns while a slow call of ${formatMs(result.slowMs)} goes on`,
    context: [
      { label: "slow call", value: formatMs(result.slowMs) },
      { label: "a frame every", value: formatMs(result.frameMs) },
      ...machineFacts(),
    ],
    diagnosis: spinnerDiagnosis(result),
    table,
    strategies: result.runs.map((run) => ({
      ...plainTimeline(strategyOf(run), run),
      breakdown: breakDown(run.times, slowCalls(run)),
    })),
    notes: [
      "Each mark of the spinner is one frame; it begins when the frame was drawn, and is longer than that took.",
    ],
  };
}

/** What it waited for, where it waited. */
function slowCalls({ trace }: SpinnerRun): Span[] {
  return [...trace.spans()].filter(({ kind }) => kind === "io");
}

function strategyOf({ strategy }: SpinnerRun): SpinnerStrategy {
  return spinnerStrategies.find(({ name }) => name === strategy) as SpinnerStrategy; // runs are made of these strategies
}
