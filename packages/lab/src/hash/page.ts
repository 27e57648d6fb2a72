import { type Column, type Diagnosis, formatMs, formatRatio, type Table } from "@overlap/report";
import type { ExperimentPage, Fact } from "@overlap/report/page";
import { compareRuns, medianRuns, perItemMs, repeatNote, timelineOf } from "../comparison.ts";
import { diagnoseRun, machineFacts } from "../figures.ts";
import { medianRun, type Runs } from "../repeat.ts";
import { type HashResult, type HashRun, hashBoundMs, hashStrategies } from "./experiment.ts";
import type { HashStrategy } from "./strategy.ts";

/** One strategy in numbers: its median run, beside the least time its items could take. */
interface HashRow extends HashRun {
  readonly boundMs: number;
  readonly range: string;
}

/** The strategies in numbers, for the terminal and for the page. */
export function hashTable(result: HashResult): Table<HashRow> {
  const rows = result.runs.map((runs) => {
    const run = medianRun(runs, ({ wallMs }) => wallMs);
    return { ...run, boundMs: hashBoundMs(result, run.items), range: rangeOf(runs) };
  });
  return { columns: result.options.repeat > 1 ? [...columns, rangeColumn] : columns, rows };
}

const columns: readonly Column<HashRow>[] = [
  { header: "strategy", value: (row) => row.strategy },
  { header: "items", value: (row) => row.items },
  {
    header: "wall",
    value: (row) => row.wallMs,
    format: formatMs,
    description: "from the first item to the last saved row",
  },
  { header: "per item", value: (row) => row.wallMs / row.items, format: formatMs },
  {
    header: "× bound",
    value: (row) => (saves(row) ? row.wallMs / row.boundMs : undefined),
    format: formatRatio,
    description:
      "against the least time in which all cores could hash these items and the database store them",
  },
  { header: "CPU", value: (row) => row.cpuMs, format: formatMs, description: "of this process, all threads" },
  { header: "database CPU", value: (row) => row.serverCpuMs, format: formatMs },
  {
    header: "saved",
    value: (row) => (saves(row) ? row.saved : undefined),
    description: "rows read back afterwards",
  },
  {
    header: "verified",
    value: (row) => (saves(row) ? row.verified : undefined),
    description: "every text has its row, and sampled hashes are hashes of their texts",
  },
];

const rangeColumn: Column<HashRow> = { header: "range", value: (row) => row.range };

/** What the experiment comes to: how much faster the best strategy is than the slowest, and what limits it now. */
export function hashDiagnosis(result: HashResult): Diagnosis {
  const runs = medianRuns(result.runs);
  const saving = runs.filter(saves);
  return compareRuns(saving.length > 0 ? saving : runs, (run) => diagnoseHashRun(result, run));
}

/** The page: table, bars, and a timeline for each strategy. */
export function hashPage(result: HashResult): ExperimentPage<HashRow> {
  const { plan, delayMs, repeat } = result.options;
  const runs = medianRuns(result.runs);
  return {
    title: "Hash and save",
    subtitle: `Strings hashed with bcrypt, each saved to an HTTP database that takes ${delayMs} ms to answer`,
    context: hashContext(result),
    diagnosis: hashDiagnosis(result),
    table: hashTable(result),
    bars: {
      title: "Time per item",
      format: formatMs,
      bars: runs.map((run) => ({ name: run.strategy, value: perItemMs(run) })),
      bound: { label: "bound", value: hashBoundMs(result, plan.items) / plan.items },
    },
    strategies: runs.map((run) =>
      timelineOf(run, strategyOf(run), limitOf(result, run), diagnoseHashRun(result, run)),
    ),
    notes: [repeatNote(repeat), boundNote(result)],
  };
}

function hashContext({ options, cores }: HashResult): Fact[] {
  return [
    { label: "items", value: options.plan.items },
    { label: "difficulty", value: options.difficulty },
    { label: "database", value: `${options.delayMs} ms` },
    { label: "in flight", value: `≤ ${options.concurrency}` },
    { label: "batch", value: options.batchSize },
    { label: "threads", value: options.threads },
    { label: "seed", value: options.seed },
    ...machineFacts(cores),
  ];
}

function diagnoseHashRun(result: HashResult, run: HashRun): Diagnosis {
  const { delayMs, threads } = result.options;
  return diagnoseRun(run, {
    cores: result.cores,
    limit: limitOf(result, run),
    delayMs,
    boundMs: hashBoundMs(result, run.items),
    ...(run.strategy === "overlap" && { threads }),
  });
}

/** Saves in flight at most: none where nothing is saved, one for a plain loop. */
function limitOf({ options }: HashResult, run: HashRun): number {
  if (!saves(run)) return 0;
  if (run.strategy === "serial") return 1;
  return run.strategy === "batch" ? Math.min(options.batchSize, options.concurrency) : options.concurrency;
}

function saves(run: HashRun): boolean {
  return strategyOf(run).saves;
}

function strategyOf({ strategy }: HashRun): HashStrategy {
  return hashStrategies.find((one) => one.name === strategy) as HashStrategy; // runs are made of these strategies
}

function rangeOf(runs: Runs<HashRun>): string {
  const walls = runs.map((run) => run.wallMs);
  return `${formatMs(Math.min(...walls))} to ${formatMs(Math.max(...walls))}`;
}

function boundNote(result: HashResult): string {
  const { concurrency, delayMs } = result.options;
  return (
    `The bound is the least time possible: all ${result.cores} cores hashing at ${formatMs(result.cpuMsPerItem)} an item ` +
    `(measured by no-io), or ${concurrency} saves of ${delayMs} ms at a time, whichever takes longer, and the last answer.`
  );
}
