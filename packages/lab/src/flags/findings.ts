import { type Column, formatMs, formatRatio, type RecordedRun } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { compareRuns, repeatNote, timelineOf } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import type { FlagsResult, FlagsRun } from "./experiment.ts";
import { type FlagsStrategy, flagsStrategies } from "./strategies.ts";

/** The result in every form in which it can be shown. */
export function flagsFindings(result: FlagsResult): Findings<FlagsRun> {
  return {
    json: () => flagsJson(result),
    table: () => ({ columns: columnsOf(result), rows: result.runs }),
    diagnosis: () => compareRuns(result.runs, (run) => recordOf(result, run)),
    records: () => result.runs.map((run) => recordOf(result, run)),
    page: () => flagsPage(result),
  };
}

function flagsJson({ options, runs }: FlagsResult): object {
  const { delayMs, concurrency, codes } = options;
  return {
    experiment: "flags",
    items: codes.length,
    delayMs,
    concurrency,
    strategies: runs.map(({ strategy, wallMs, cpuMs, bytes, shown, digests }) => ({
      name: strategy,
      wallMs,
      cpuMs,
      bytes,
      saved: Object.keys(digests).length,
      shown,
      digests,
    })),
  };
}

function columnsOf({ runs }: FlagsResult): Column<FlagsRun>[] {
  const slowestMs = Math.max(...runs.map((run) => run.wallMs));
  return [
    { header: "strategy", value: (run) => run.strategy },
    { header: "flags", value: (run) => Object.keys(run.digests).length },
    { header: "wall", value: (run) => run.wallMs, format: formatMs },
    { header: "per flag", value: (run) => run.wallMs / run.items, format: formatMs },
    { header: "faster", value: (run) => slowestMs / run.wallMs, format: formatRatio },
    { header: "bytes", value: (run) => run.bytes },
    {
      header: "in the order",
      value: (run) => `${run.shown.slice(0, 6).join(" ")}${run.shown.length > 6 ? " …" : ""}`,
      description: "in which the flags came",
    },
  ];
}

function flagsPage(result: FlagsResult): ExperimentPage<FlagsRun> {
  const { options, runs } = result;
  return {
    title: "Flags",
    subtitle: `For each of ${options.codes.length} countries: get the flag, show its code, save the file`,
    context: [
      { label: "flags", value: options.codes.length },
      { label: "server", value: `${options.delayMs} ms` },
      { label: "in flight", value: `≤ ${options.concurrency}` },
      ...machineFacts(),
    ],
    diagnosis: flagsFindings(result).diagnosis(),
    table: { columns: columnsOf(result), rows: runs },
    bars: {
      title: "Time for all flags",
      format: formatMs,
      bars: runs.map(({ strategy, wallMs }) => ({ name: strategy, value: wallMs })),
      bound: { label: "ideal", value: idealMs(result, options.concurrency) },
    },
    strategies: runs.map((run) => timelineOf(strategyOf(run), recordOf(result, run))),
    notes: [
      "Every file was read back, and all strategies saved the same bytes. Saving is grey: it waits for the file system.",
      repeatNote(1),
    ],
  };
}

function recordOf(result: FlagsResult, run: FlagsRun): RecordedRun {
  const limit = strategyOf(run).overlapped ? result.options.concurrency : 1;
  return recordRun(run, {
    limit,
    delayMs: result.options.delayMs,
    boundMs: idealMs(result, limit),
  });
}

function idealMs({ options: { codes, delayMs } }: FlagsResult, concurrency: number): number {
  return Math.max(1, Math.ceil(codes.length / concurrency) * delayMs);
}

function strategyOf({ strategy }: FlagsRun): FlagsStrategy {
  return flagsStrategies.find(({ name }) => name === strategy) as FlagsStrategy; // runs are made of these strategies
}
