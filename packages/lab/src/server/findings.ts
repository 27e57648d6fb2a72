import { type Column, type Diagnosis, formatMs, formatRatio, percentile } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { plainTimeline } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import type { ServerResult, ServerRun } from "./experiment.ts";
import { type ServerMode, serverModes } from "./modes.ts";

/** The result in every form in which it can be shown. */
export function serverFindings(result: ServerResult): Findings<ServerRun> {
  return {
    json: () => serverJson(result),
    table: () => ({ columns: columnsOf(result), rows: result.runs }),
    diagnosis: () => serverDiagnosis(result),
    records: () => result.runs.map((run) => recordRun(run, { limit: 0 })),
    page: () => serverPage(result),
  };
}

function serverJson({ options, runs }: ServerResult): object {
  const { heavy, heavyMs, lightPerSecond, sliceMs } = options;
  return {
    experiment: "server",
    heavy,
    heavyMs,
    lightPerSecond,
    sliceMs,
    modes: runs.map((run) => ({
      name: run.strategy,
      aloneMs: run.aloneMs,
      heavyMs: run.heavyMs,
      lightRequests: run.lightMs.length,
      lightP50Ms: lightMs(run, 50),
      lightP99Ms: lightMs(run, 99),
      lightMaxMs: lightMs(run, 100),
    })),
  };
}

function columnsOf({ options }: ServerResult): Column<ServerRun>[] {
  return [
    { header: "heavy ones", value: (run) => run.strategy },
    {
      header: "one took",
      value: (run) => run.aloneMs,
      format: formatMs,
      description: "a heavy request with nothing beside it",
    },
    {
      header: `${options.heavy} took`,
      value: (run) => run.heavyMs,
      format: formatMs,
      description: "all sent at once, until the last one was answered",
    },
    { header: "× one", value: (run) => run.heavyMs / run.aloneMs, format: formatRatio },
    { header: "light ones", value: (run) => run.lightMs.length },
    { header: "light p50", value: (run) => lightMs(run, 50), format: formatMs },
    {
      header: "light p99",
      value: (run) => lightMs(run, 99),
      format: formatMs,
      description: "from when the request was due, so that waiting for a server that stands still counts",
    },
    { header: "light worst", value: (run) => lightMs(run, 100), format: formatMs },
  ];
}

function serverDiagnosis({ options, runs }: ServerResult): Diagnosis {
  const light = runs.map((run) => `${run.strategy} ${formatMs(lightMs(run, 99))}`).join(", ");
  const waiting = runs.find((run) => run.strategy === "waiting");
  const together =
    waiting === undefined
      ? ""
      : ` ${options.heavy} requests that only wait ${formatMs(options.heavyMs)} took ${formatMs(waiting.heavyMs)} together, not ${formatMs(options.heavyMs * options.heavy)}.`;
  return {
    rule: "finding",
    headline: `One light request in 100 took longer than: ${light}.${together}`,
    why: "A handler that computes on the loop stops everybody. With a checkpoint it delays everybody by one stretch of computing, and takes as long itself. On a thread it delays nobody, as long as there is a core for it.",
  };
}

function serverPage(result: ServerResult): ExperimentPage<ServerRun> {
  const { options, runs } = result;
  return {
    title: "Server",
    subtitle: `Light requests to a server that has ${options.heavy} heavy ones of ${formatMs(options.heavyMs)} to answer`,
    context: [
      { label: "heavy", value: options.heavy },
      { label: "each", value: formatMs(options.heavyMs) },
      { label: "light", value: `${options.lightPerSecond} per second` },
      { label: "slice", value: formatMs(options.sliceMs) },
      ...machineFacts(),
    ],
    diagnosis: serverDiagnosis(result),
    table: { columns: columnsOf(result), rows: runs },
    tableTitle: "Light requests beside heavy ones",
    bars: {
      title: "What one light request in 100 took at least",
      format: formatMs,
      bars: runs.map((run) => ({ name: run.strategy, value: lightMs(run, 99) })),
    },
    strategies: runs.map((run) => plainTimeline(modeOf(run), run)),
    notes: [
      `Light requests are sent at an even rate of ${options.lightPerSecond} per second whatever happens, and their time counts from when they were due.`,
      "The server has a thread and an event loop of its own; the client that measures shares the machine's cores with it.",
    ],
  };
}

function lightMs(run: ServerRun, percent: number): number {
  return run.lightMs.length === 0 ? 0 : percentile(run.lightMs, percent);
}

function modeOf({ strategy }: ServerRun): ServerMode {
  return serverModes.find(({ name }) => name === strategy) as ServerMode; // runs are made of these modes
}
