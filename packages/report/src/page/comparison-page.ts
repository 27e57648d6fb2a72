import { describeRun, type RunDescription } from "../describe-run.ts";
import type { Diagnosis } from "../diagnosis.ts";
import { ReportArgumentError } from "../errors.ts";
import { formatCount, formatMs, formatRatio, formatShare } from "../format.ts";
import type { RecordedRun } from "../run-record.ts";
import type { Column } from "../table.ts";
import type { ExperimentPage, Fact, StrategyRun } from "./model.ts";
import { runFacts, runPage, runTimeline } from "./run-page.ts";

/** One of several runs, with what it comes to. */
export interface RunSide {
  readonly name: string;
  readonly run: RecordedRun;
  readonly described: RunDescription;
}

/** One run of each says little about differences below that; see the notes on repeats. */
const CLEAR = 1.1;
const MOST_IN_TITLE = 2;
/** A run that would be drawn shorter than a tenth of the width can't be read. */
const MOST_STRETCHED = 10;

/**
 * The page of one recorded run, or of several side by side: how they differ, where the time of each went, and their timelines on
 * the same scale.
 *
 * @param runs at least one; of several, the fastest is held against the slowest
 * @throws {@link ReportArgumentError} for no run
 *
 * @example
 * ```ts
 * await writeFile("report.html", renderPage(pageOfRuns([before, after])));
 * ```
 */
export function pageOfRuns(runs: readonly RecordedRun[]): ExperimentPage<RunSide> {
  const [first, ...others] = runs;
  if (first === undefined) throw new ReportArgumentError("at least one run", "runs", "none");
  return others.length === 0 ? runPage(first) : comparisonPage(runs);
}

function comparisonPage(runs: readonly RecordedRun[]): ExperimentPage<RunSide> {
  const sides = runs.map(
    (run, at): RunSide => ({ name: nameOf(runs, at), run, described: describeRun(run) }),
  );
  const walls = runs.map(({ record }) => record.times.wallMs);
  const [shortestMs, longestMs] = [Math.min(...walls), Math.max(...walls)];
  const sameScale = longestMs <= shortestMs * MOST_STRETCHED;
  return {
    title:
      sides.length > MOST_IN_TITLE ? `${sides.length} runs` : sides.map(({ name }) => name).join(" against "),
    context: factsOf(runs),
    diagnosis: compare(sides),
    tableTitle: "Figures",
    table: { columns: COLUMNS, rows: sides },
    strategies: sides.map((side) => ({ ...timelineOf(side), ...(sameScale && { scaleMs: longestMs }) })),
    notes: [
      `One run of each: differences below ${Math.round((CLEAR - 1) * 100)} % may be chance. With --repeat 6 an experiment gives intervals.`,
      sameScale
        ? "The timelines have the same scale."
        : "Each timeline has a scale of its own: one is too long for the others.",
    ],
  };
}

/** Runs of the same name are told apart by their place. */
function nameOf(runs: readonly RecordedRun[], at: number): string {
  const name = runs[at]?.record.name ?? "";
  const same = runs.flatMap(({ record }, index) => (record.name === name ? [index] : []));
  return same.length === 1 ? name : `${name} (${same.indexOf(at) + 1})`;
}

/** What all have in common once; what differs between two with both values, between more not at all: the table has it. */
function factsOf(runs: readonly RecordedRun[]): Fact[] {
  const all = runs.map(runFacts);
  const labels = new Set(all.flatMap((facts) => facts.map(({ label }) => label)));
  return [...labels].flatMap((label) => {
    const values = all.map((facts) => String(facts.find((fact) => fact.label === label)?.value ?? "–"));
    const different = new Set(values).size;
    if (different > 1 && runs.length > MOST_IN_TITLE) return [];
    return [{ label, value: different === 1 ? (values[0] ?? "–") : values.join(" against ") }];
  });
}

function timelineOf({ name, run, described }: RunSide): StrategyRun {
  return { ...runTimeline(run, described), name, diagnosis: described.diagnosis };
}

/** The fastest against the slowest; there are at least two. */
function compare(sides: readonly RunSide[]): Diagnosis {
  const sorted = sides.toSorted((a, b) => perItemMs(a) - perItemMs(b));
  const [fast, slow] = [sorted[0], sorted.at(-1)] as [RunSide, RunSide];
  const times = perItemMs(slow) / perItemMs(fast);
  const ms = (side: RunSide) => `${formatMs(perItemMs(side))} an item`;
  const why = `${fast.name} took ${ms(fast)}, ${slow.name} ${ms(slow)}. ${biggestDifference(fast, slow)}`;
  if (times < CLEAR) {
    const headline = `No clear difference: ${formatRatio(times)}, item for item, in one run of each; repeat them to know.`;
    return { rule: "finding", headline, why };
  }
  const { rule, headline } = fast.described.diagnosis;
  return {
    rule,
    headline: `${fast.name} is ${formatRatio(times)} as fast as ${slow.name}, item for item. ${headline}`,
    why,
  };
}

const PARTS = [
  ["javascriptMs", "JavaScript"],
  ["crowdedOutMs", "waiting for a core"],
  ["blockedMs", "blocked"],
  ["waitingMs", "waiting for I/O"],
  ["nothingMs", "nothing in flight"],
] as const;

/** The part of the wall time, an item, that differs most. */
function biggestDifference(first: RunSide, second: RunSide): string {
  const [part] = PARTS.map(([key, name]) => {
    const [a, b] = [first, second].map(
      ({ run, described }) => described.breakdown[key] / Math.max(1, run.record.items),
    );
    return { name, fromMs: a ?? 0, toMs: b ?? 0 };
  }).toSorted((a, b) => Math.abs(b.toMs - b.fromMs) - Math.abs(a.toMs - a.fromMs));
  return part === undefined
    ? ""
    : `What differs most is ${part.name}: ${formatMs(part.fromMs)} an item against ${formatMs(part.toMs)}.`;
}

function perItemMs({ run }: RunSide): number {
  return run.record.times.wallMs / Math.max(1, run.record.items);
}

const COLUMNS: readonly Column<RunSide>[] = [
  { header: "run", value: ({ name }) => name },
  { header: "items", value: ({ run }) => run.record.items },
  { header: "wall", value: ({ run }) => run.record.times.wallMs, format: formatMs },
  { header: "per item", value: perItemMs, format: formatMs },
  { header: "per second", value: ({ described }) => described.itemsPerSecond, format: formatCount },
  { header: "p50", value: ({ described }) => described.answers?.p50Ms, format: formatMs },
  { header: "p99", value: ({ described }) => described.answers?.p99Ms, format: formatMs },
  {
    header: "in flight",
    value: ({ described }) => described.meanInFlight,
    format: (mean) => mean.toFixed(1),
  },
  {
    header: "main CPU",
    value: ({ run }) => run.record.times.mainCpuMs / run.record.times.wallMs,
    format: formatShare,
  },
  { header: "failed", value: ({ run }) => run.record.failed ?? 0 },
];
