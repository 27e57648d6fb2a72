import { availableParallelism } from "node:os";
import { formatCount } from "@overlap/report";
import type { ExperimentPage, Fact } from "@overlap/report/page";
import type { CounterSample } from "@overlap/trace";
import { limitChanges } from "./found-limits.ts";
import { diagnoseJob } from "./job-diagnosis.ts";
import type { EndedRun } from "./job-run.ts";
import { type StageRow, stageTable, tally } from "./job-summary.ts";

/** The page of one run: its stages in numbers, and the timeline of what each was doing. */
export function jobPage(title: string, run: EndedRun): ExperimentPage<StageRow> {
  const diagnosis = diagnoseJob(run);
  return {
    title,
    subtitle: tally(run),
    context: facts(run),
    diagnosis,
    table: stageTable(run),
    tableTitle: "Stages",
    strategies: [
      {
        name: title,
        description: "What each stage was doing when. A bar is an item on its way through a stage.",
        wallMs: run.wallMs,
        startMs: run.times.startMs,
        spans: run.trace.spans(),
        droppedSpans: run.trace.dropped,
        inFlight: ({ kind }) => kind === "io" || kind === "sink",
        ...limitsOf(run),
      },
    ],
    notes: [
      "Times of a stage are those of its items in it, waits and attempts included; busy is when it had any.",
    ],
  };
}

/** How the limit of the one stage changed that tuned itself; where several did, their curves would be mistaken for each other. */
function limitsOf({ trace }: EndedRun): { limits?: readonly CounterSample[] } {
  const limits = limitChanges(trace);
  return new Set(limits.map(({ counter }) => counter)).size === 1 ? { limits } : {};
}

function facts({ ended, declared }: EndedRun): Fact[] {
  const limits = declared.flatMap(({ name, kind, limit }) =>
    limit === null
      ? []
      : [{ label: name, value: `${formatCount(limit)} ${kind === "cpu" ? "threads" : "at once"}` }],
  );
  return [
    { label: "ended by", value: endings[ended] },
    ...limits,
    { label: "Node", value: process.versions.node },
    { label: "cores", value: availableParallelism() },
  ];
}

const endings: Readonly<Record<EndedRun["ended"], string>> = {
  source: "the end of the source",
  maxItems: "--max-items",
  drain: "an interrupt",
  error: "an error",
};
