import { availableParallelism } from "node:os";
import { type Diagnosis, diagnose, formatMs } from "@overlap/report";
import type { EndedRun } from "./job-run.ts";
import { endedItems } from "./rates.ts";

/** A stage that waits, and how much of its limit was in use. */
interface WaitingStage {
  readonly name: string;
  readonly meanInFlight: number;
  readonly limit: number;
}

const nothingRun: Diagnosis = {
  rule: "not-conclusive",
  headline: "Nothing to judge: no item went through.",
  why: "The source was empty, or everything was done before.",
};

/** What a run was limited by: its CPU, or the stage whose limit was used most. */
export function diagnoseJob(run: EndedRun): Diagnosis {
  const items = endedItems(run);
  if (items === 0 || run.wallMs === 0) return nothingRun;
  const fullest = waitingStages(run).toSorted(
    (a, b) => b.meanInFlight / b.limit - a.meanInFlight / a.limit,
  )[0];
  const { cpuMs, mainCpuMs, activeMs } = run.usage;
  const threads = threadsOf(run);
  const found = diagnose({
    items,
    failed: run.failed + run.rejected,
    wallMs: run.wallMs,
    cores: availableParallelism(),
    mainCpuMs,
    processCpuMs: cpuMs,
    // Where the job's own threads take the cores, a loop that is waiting for one looks like one that is blocked.
    ...(threads === 0 && { activeMs }),
    meanInFlight: fullest?.meanInFlight ?? 0,
    limit: fullest?.limit ?? 0,
    threads,
  });
  if (found.rule === "blocked" && run.keepsJournal) return blockedByJournal(run, found);
  const aboutStage = fullest !== undefined && aboutInFlight.has(found.rule);
  return aboutStage ? { ...found, headline: `Stage "${fullest.name}": ${found.headline}` } : found;
}

/** The loop waits for the disk at each commit, and there is no other form of that. */
function blockedByJournal({ usage, wallMs }: EndedRun, found: Diagnosis): Diagnosis {
  const heldMs = Math.min(wallMs, usage.activeMs) - usage.mainCpuMs;
  const headline = `Blocked: the event loop stood still for ${formatMs(heldMs)}, the commits of the journal among it; larger batches before the sink make fewer of them.`;
  return { ...found, headline };
}

/** Rules that speak of calls in flight. */
const aboutInFlight = new Set(["one-at-a-time", "io-bound", "under-filled"]);

/** From the spans; where the trace kept a sample of them, that is scaled up. */
function waitingStages({ trace, declared, wallMs }: EndedRun): WaitingStage[] {
  const totalMs = new Map<string, number>();
  let kept = 0;
  for (const { lane, kind, startMs, endMs } of trace.spans()) {
    if (kind === "io" || kind === "sink") totalMs.set(lane, (totalMs.get(lane) ?? 0) + endMs - startMs);
    kept++;
  }
  const scale = kept === 0 ? 1 : (kept + trace.dropped) / kept;
  return declared.flatMap(({ name, kind, limit }) => {
    if (limit === null || kind === "cpu") return [];
    return [{ name, limit, meanInFlight: ((totalMs.get(name) ?? 0) * scale) / wallMs }];
  });
}

function threadsOf({ declared }: EndedRun): number {
  return declared.reduce((sum, { kind, limit }) => sum + (kind === "cpu" ? (limit ?? 0) : 0), 0);
}
