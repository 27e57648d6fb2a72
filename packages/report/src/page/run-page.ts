import { describeRun, isFlight, type RunDescription } from "../describe-run.ts";
import { formatAmount, formatCount, formatMs, formatShare } from "../format.ts";
import type { RecordedRun } from "../run-record.ts";
import type { ExperimentPage, Fact, StrategyRun, Tile } from "./model.ts";

const METHOD = [
  "One run: another may well differ by a few percent.",
  "JavaScript is CPU time of the thread that ran the event loop; blocked is time in which the loop was active and used no core; waiting is time in which it was idle with something in flight. Together with what is left they are the wall time.",
  "CPU of the pool, of other threads and of garbage collection goes on beside all that, so it has a bar of its own.",
];

/**
 * The page of one recorded run: where its time went, what limited it, its figures and its timeline.
 *
 * @example
 * ```ts
 * await writeFile("fetch.html", renderPage(runPage({ record, trace: recorder.trace })));
 * ```
 */
export function runPage(run: RecordedRun): Omit<ExperimentPage<never>, "table"> {
  const { record } = run;
  const described = describeRun(run);
  return {
    title: record.name,
    ...(record.description !== undefined && { subtitle: record.description }),
    context: runFacts(run),
    diagnosis: described.diagnosis,
    tiles: runTiles(run, described),
    strategies: [runTimeline(run, described)],
    notes: [...METHOD, ...warnings(run)],
  };
}

/** The conditions of a run, for the context line. */
export function runFacts({ record }: RecordedRun): Fact[] {
  const { items, limit, cores, threads = 0, context = {} } = record;
  return [
    { label: "items", value: formatCount(items) },
    ...(limit > 0 ? [{ label: "in flight", value: `≤ ${formatCount(limit)}` }] : []),
    ...(threads > 0 ? [{ label: "threads", value: threads }] : []),
    { label: "cores", value: cores },
    ...Object.entries(context).map(([label, value]) => ({ label, value })),
  ];
}

/** A recorded run as a timeline, with where its time went. */
export function runTimeline({ record, trace }: RecordedRun, { breakdown }: RunDescription): StrategyRun {
  const { name, times, limit } = record;
  const limits = [...trace.counters()].filter(({ counter }) => counter === "limit");
  return {
    name,
    wallMs: times.wallMs,
    startMs: times.startMs,
    spans: [...trace.spans()],
    droppedSpans: trace.dropped,
    inFlight: isFlight,
    breakdown,
    ...(limit > 0 && { limit }),
    ...(limits.length > 0 && { limits }),
  };
}

function runTiles(
  { record }: RecordedRun,
  { answers, itemsPerSecond, meanInFlight, little }: RunDescription,
): Tile[] {
  const { times, items, limit, failed = 0, retries = 0 } = record;
  const ofLimit = limit > 0 ? ` / ${formatCount(limit)}` : "";
  const check =
    little === undefined
      ? "on average"
      : `on average; Little's law ${little.holds ? "✓" : `off by ${formatShare(little.mismatch)}`}`;
  return [
    { label: "Wall time", value: formatMs(times.wallMs), detail: "first item to last result" },
    {
      label: "Throughput",
      value: `${formatCount(itemsPerSecond)} / s`,
      detail: `${formatAmount(items, "item")} in all`,
    },
    ...(answers === undefined
      ? []
      : [
          {
            label: "Answer, p50 / p99",
            value: `${formatMs(answers.p50Ms)} / ${formatMs(answers.p99Ms)}`,
            detail: "from sending to the end, at this concurrency",
          },
        ]),
    { label: "In flight", value: `${meanInFlight.toFixed(1)}${ofLimit}`, detail: check },
    {
      label: "Main thread's CPU",
      value: formatShare(times.mainCpuMs / times.wallMs),
      detail: `${formatMs(times.mainCpuMs)} of the wall time`,
    },
    {
      label: "Errors / retries",
      value: `${formatCount(failed)} / ${formatCount(retries)}`,
      detail: "items given up, attempts repeated",
    },
  ];
}

function warnings({ trace, record }: RecordedRun): string[] {
  return [
    ...(trace.unlabelled > 0
      ? [`${formatAmount(trace.unlabelled, "span")} lost the label: a trace keeps 4 MiB of them.`]
      : []),
    ...(record.times.coreWaitMs === undefined
      ? [
          "This system does not tell how long a thread waits for a core: on a busy machine that counts as blocked.",
        ]
      : []),
  ];
}
