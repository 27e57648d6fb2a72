import {
  type Column,
  type Diagnosis,
  formatMs,
  formatRatio,
  type RecordedRun,
  type Table,
} from "@overlap/report";
import type { ExperimentPage, Fact } from "@overlap/report/page";
import { compareRuns, medianRuns, perItemMs, repeatNote, timelineOf } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { repeatedColumns } from "../repeated-runs.ts";
import { serverLimitFacts } from "../server-limits.ts";
import { type HashResult, hashBoundMs } from "./experiment.ts";
import { type HashStrategyJson, hashJson, hashRows } from "./json.ts";
import type { HashRun } from "./run-once.ts";
import { hashStrategyNamed } from "./strategies.ts";

/** One strategy in numbers, beside the least time its items could take. */
interface HashRow extends HashStrategyJson {
  readonly boundMs: number;
}

/** The result in every form in which it can be shown. */
export function hashFindings(result: HashResult): Findings<HashRow> {
  return {
    json: () => hashJson(result),
    table: () => hashTable(result),
    diagnosis: () => hashDiagnosis(result),
    records: () => result.runs.flat().map((run) => recordOf(result, run)),
    page: () => hashPage(result),
  };
}

/** The strategies in numbers, for the terminal and for the page. */
export function hashTable(result: HashResult): Table<HashRow> {
  const rows = hashRows(result).map((row) => ({ ...row, boundMs: hashBoundMs(result, row.items) }));
  return { columns: result.options.repeat > 1 ? [...columns, ...repeatedColumns] : columns, rows };
}

const columns: readonly Column<HashRow>[] = [
  { header: "strategy", value: (row) => row.name },
  { header: "items", value: (row) => row.items },
  {
    header: "wall",
    value: (row) => row.wallMs,
    format: formatMs,
    description: "from the first item to the last saved row",
  },
  { header: "per item", value: (row) => row.perItemMs, format: formatMs },
  {
    header: "× bound",
    value: (row) => (hashStrategyNamed(row.name).saves === "database" ? row.wallMs / row.boundMs : undefined),
    format: formatRatio,
    description:
      "against the least time in which all cores could hash these items and the database store them",
  },
  { header: "CPU", value: (row) => row.cpuMs, format: formatMs, description: "of this process, all threads" },
  { header: "database CPU", value: (row) => row.serverCpuMs, format: formatMs },
  {
    header: "saved",
    value: (row) => (hashStrategyNamed(row.name).saves === "nowhere" ? undefined : row.saved),
    description: "rows read back afterwards",
  },
  {
    header: "verified",
    value: (row) => (hashStrategyNamed(row.name).saves === "nowhere" ? undefined : row.verified),
    description: "every text has its row, and sampled hashes are hashes of their texts",
  },
];

/** What the experiment comes to: how much faster the best strategy is than the slowest, and what limits it now. */
export function hashDiagnosis(result: HashResult): Diagnosis {
  const runs = medianRuns(result.runs);
  const saving = runs.filter(saves);
  return compareRuns(saving.length > 0 ? saving : runs, (run) => recordOf(result, run));
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
    strategies: runs.map((run) => timelineOf(hashStrategyNamed(run.strategy), recordOf(result, run))),
    notes: [repeatNote(repeat), boundNote(result)],
  };
}

function hashContext({ options }: HashResult): Fact[] {
  return [
    { label: "items", value: options.plan.items },
    { label: "difficulty", value: options.difficulty },
    ...serverLimitFacts(options),
    { label: "in flight", value: `≤ ${options.concurrency}` },
    { label: "batch", value: options.batchSize },
    { label: "threads", value: options.threads },
    { label: "seed", value: options.seed },
    ...machineFacts(),
  ];
}

function recordOf(result: HashResult, run: HashRun): RecordedRun {
  const { delayMs, threads } = result.options;
  const { inFlight, onThreads } = hashStrategyNamed(run.strategy);
  return recordRun(run, {
    limit: inFlight(result.options),
    delayMs,
    boundMs: hashBoundMs(result, run.items),
    ...(onThreads === true && { threads }),
  });
}

function saves(run: HashRun): boolean {
  return hashStrategyNamed(run.strategy).saves === "database";
}

function boundNote(result: HashResult): string {
  const { concurrency, delayMs } = result.options;
  return (
    `The bound is the least time possible: all ${result.cores} cores hashing at ${formatMs(result.cpuMsPerItem)} an item ` +
    `(measured by no-io), or ${concurrency} saves of ${delayMs} ms at a time, whichever takes longer, and the last answer.`
  );
}
