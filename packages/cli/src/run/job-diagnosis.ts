import { availableParallelism } from "node:os";
import { type Diagnosis, diagnose, formatMs, formatShare, type RunFigures } from "@overlap/report";
import { foundLimits } from "./found-limits.ts";
import type { EndedRun } from "./job-run.ts";
import { endedItems } from "./rates.ts";
import { filled, type StageFill, stageFills } from "./stage-fills.ts";

const full = 0.75;
/** Below that a limit says nothing about the run. */
const halfFull = 0.5;
/** Share of the time for which others may have the cores before nothing can be concluded from empty stages. */
const isCrowded = 0.2;

/** What a run was limited by: its CPU, or the stage whose limit was used most. */
export function diagnoseJob(run: EndedRun): Diagnosis {
  const figures = figuresOf(run);
  if (figures === null) return nothingRun;
  const fills = stageFills(run);
  const threads = fills.find(({ kind }) => kind === "cpu");
  const calls = fills.find(({ kind }) => kind !== "cpu");
  const binding = calls !== undefined && filled(calls) >= halfFull ? calls : undefined;
  const found = diagnose({
    ...figures,
    meanInFlight: binding?.mean ?? 0,
    limit: binding?.limit ?? 0,
    ...(threads !== undefined && { threads: threads.limit }),
  });
  if (found.rule === "not-conclusive") return found;
  if (threads !== undefined && filled(threads) >= full) return threadsFull(run, threads);
  if (found.rule === "blocked" && run.keepsJournal) return blockedByJournal(run, found);
  if (found.rule === "balanced" && calls !== undefined && binding === undefined)
    return nothingFull(run, fills[0] ?? calls);
  if (!aboutInFlight.has(found.rule)) return found;
  return binding !== undefined && foundLimits(run.trace).has(binding.name)
    ? tunedItself(binding)
    : { ...found, headline: of(binding, found.headline) };
}

/** More has been tried already. */
function tunedItself({ name, limit, mean }: StageFill): Diagnosis {
  return {
    rule: "server-bound",
    headline: `Stage "${name}" tuned itself: ${limit} in flight bring as much as more would; only a faster other side will help.`,
    why: `On average ${mean.toFixed(1)} were in flight.`,
  };
}

const nothingRun: Diagnosis = {
  rule: "not-conclusive",
  headline: "Nothing to judge: no item went through.",
  why: "The source was empty, or everything was done before.",
};

/** Rules that speak of calls in flight. */
const aboutInFlight = new Set(["one-at-a-time", "io-bound", "under-filled"]);

type Figures = Omit<RunFigures, "meanInFlight" | "limit">;

function figuresOf(run: EndedRun): Figures | null {
  const items = endedItems(run);
  const { wallMs, mainCpuMs, processCpuMs, activeMs, coreWaitMs, flights } = run.times;
  if (items === 0 || wallMs === 0) return null;
  return {
    items,
    failed: run.failed + run.rejected,
    wallMs,
    cores: availableParallelism(),
    mainCpuMs,
    // The two clocks are read one after the other.
    processCpuMs: Math.max(processCpuMs, mainCpuMs),
    activeMs,
    ...(coreWaitMs !== undefined && { coreWaitMs }),
    waitingMs: flights.idleInFlightMs,
  };
}

function threadsFull({ times }: EndedRun, stage: StageFill): Diagnosis {
  const cores = availableParallelism();
  const { limit } = stage;
  const busy = `${limit === 1 ? "its one thread" : `its ${limit} threads`} computed ${formatShare(filled(stage))} of the time`;
  const why = "A stage before it can't make it faster, nor can one behind it.";
  if (limit >= cores) {
    const help = `${cores === 1 ? "one core" : `${cores} cores`}: only more of them or cheaper work per item will help`;
    return { rule: "cores-full", headline: of(stage, `CPU-bound: ${busy} on ${help}.`), why };
  }
  const shouldMs = (times.wallMs * limit) / cores;
  const gain = `it should take about ${formatMs(shouldMs)} instead of ${formatMs(times.wallMs)}`;
  return {
    rule: "thread-bound",
    headline: of(stage, `Thread-bound: ${busy}; run ${cores} threads, and ${gain}.`),
    why,
  };
}

/** The loop waits for the disk at each commit, and there is no other form of that. */
function blockedByJournal({ times }: EndedRun, found: Diagnosis): Diagnosis {
  const { activeMs, mainCpuMs, coreWaitMs = 0, wallMs } = times;
  const heldMs = Math.min(wallMs, activeMs) - mainCpuMs - coreWaitMs;
  const headline = `Blocked: the event loop stood still for ${formatMs(heldMs)}, the commits of the journal among it; larger batches before the sink make fewer of them.`;
  return { ...found, headline };
}

function nothingFull({ times }: EndedRun, fullest: StageFill): Diagnosis {
  const crowded = (times.coreWaitMs ?? 0) / times.wallMs;
  const inUse = `the fullest, "${fullest.name}", had ${fullest.mean.toFixed(1)} of ${fullest.limit} in use on average`;
  if (crowded > isCrowded) {
    const headline = `Not conclusive: for ${formatShare(crowded)} of the time other programs had the cores that this one wanted; run again when the machine is quiet.`;
    return { rule: "not-conclusive", headline, why: `No stage was full: ${inUse}.` };
  }
  return {
    rule: "under-filled",
    headline: `No stage was full: ${inUse}; the source gives items too slowly, or too few to judge.`,
    why: "More concurrency would change nothing. The timeline shows where the stages wait for items.",
  };
}

function of(stage: StageFill | undefined, headline: string): string {
  return stage === undefined ? headline : `Stage "${stage.name}": ${headline}`;
}
