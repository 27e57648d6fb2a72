import { describeRun, type RunDescription } from "../describe-run.ts";
import type { Diagnosis } from "../diagnosis.ts";
import { formatCount, formatMs, formatRatio, formatShare } from "../format.ts";
import type { RecordedRun } from "../run-record.ts";
import type { Column } from "../table.ts";
import type { ExperimentPage, Fact, StrategyRun } from "./model.ts";
import { runFacts, runTimeline } from "./run-page.ts";

/** One of the two runs, with what it comes to. */
interface Side {
  readonly name: string;
  readonly run: RecordedRun;
  readonly described: RunDescription;
}

/** One run of each says little about differences below that; see the notes on repeats. */
const CLEAR = 1.1;

/**
 * The page of two recorded runs side by side: how they differ, where the time of each went, and both timelines on the same
 * scale.
 *
 * @param first the run that the other is held against
 */
export function comparisonPage(first: RecordedRun, second: RecordedRun): ExperimentPage<Side> {
  const same = first.record.name === second.record.name;
  const sides = [first, second].map((run, at): Side => {
    const name = same ? `${run.record.name} (${at === 0 ? "first" : "second"})` : run.record.name;
    return { name, run, described: describeRun(run) };
  }) as [Side, Side];
  const longestMs = Math.max(...sides.map(({ run }) => run.record.times.wallMs));
  return {
    title: `${sides[0].name} against ${sides[1].name}`,
    context: factsOf(sides),
    diagnosis: compare(sides),
    tableTitle: "Figures",
    table: { columns: COLUMNS, rows: sides },
    strategies: sides.map((side) => timelineOf(side, longestMs)),
    notes: [
      `One run of each: differences below ${Math.round((CLEAR - 1) * 100)} % may be chance. With --repeat 6 an experiment gives intervals.`,
      "Both timelines have the same scale.",
    ],
  };
}

/** What both have in common once, what differs with both values. */
function factsOf([first, second]: readonly [Side, Side]): Fact[] {
  const [own, others] = [runFacts(first.run), runFacts(second.run)];
  const labels = new Set([...own, ...others].map(({ label }) => label));
  return [...labels].map((label) => {
    const [a, b] = [own, others].map((facts) => facts.find((fact) => fact.label === label)?.value ?? "–");
    return { label, value: a === b ? (a ?? "–") : `${a} against ${b}` };
  });
}

function timelineOf({ name, run, described }: Side, longestMs: number): StrategyRun {
  return { ...runTimeline(run, described), name, diagnosis: described.diagnosis, scaleMs: longestMs };
}

function compare([first, second]: readonly [Side, Side]): Diagnosis {
  const ratio = perItemMs(first) / perItemMs(second);
  const [fast, slow] = ratio >= 1 ? [second, first] : [first, second];
  const times = Math.max(ratio, 1 / ratio);
  const why = `${formatMs(perItemMs(first))} an item against ${formatMs(perItemMs(second))}. ${biggestDifference(first, second)}`;
  if (!(times >= CLEAR)) {
    return {
      rule: "finding",
      headline: `No clear difference: ${formatRatio(times)}, item for item, in one run of each; repeat them to know.`,
      why,
    };
  }
  const headline = `${fast.name} is ${formatRatio(times)} as fast as ${slow.name}, item for item. ${fast.described.diagnosis.headline}`;
  return { rule: fast.described.diagnosis.rule, headline, why };
}

const PARTS = [
  ["javascriptMs", "JavaScript"],
  ["crowdedOutMs", "waiting for a core"],
  ["blockedMs", "blocked"],
  ["waitingMs", "waiting for I/O"],
  ["nothingMs", "nothing in flight"],
] as const;

/** The part of the wall time, an item, that differs most. */
function biggestDifference(first: Side, second: Side): string {
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

function perItemMs({ run }: Side): number {
  return run.record.times.wallMs / Math.max(1, run.record.items);
}

const COLUMNS: readonly Column<Side>[] = [
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
