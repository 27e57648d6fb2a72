import { AutoLimiter, type Limiter, recordDecisions } from "@overlap/policy";
import type { PumpSettings } from "../engine/call-pump.ts";
import type { Gate } from "../engine/gate.ts";
import type { StageOpening } from "../engine/stage.ts";
import { PolicedCall, type StageCallFunction } from "./policed-call.ts";
import { type PolicyOptions, resolvePolicies } from "./policies.ts";

/** How the calls of a stage are made in one run. */
export interface OpenCalls extends Omit<PumpSettings, "spanKind"> {
  /** Results that may lie ready. */
  readonly limit: () => number;
}

/**
 * The function as it was given when nothing but a number of slots limits it, which costs least; else as a coroutine under its
 * policies.
 */
export function openCalls(
  fn: StageCallFunction,
  options: PolicyOptions,
  defaultConcurrency: number,
  { stats, run }: StageOpening,
  gate: Gate,
): OpenCalls {
  const { name } = stats;
  const concurrency = openConcurrency(
    run.override(name).concurrency ?? options.concurrency ?? defaultConcurrency,
    { stats, run },
  );
  const { admitted, limit, policies, abandonAfterMs } = resolvePolicies(options, concurrency);
  const stopListening = policies?.limiter?.onRoom(() => gate.open());
  if (stopListening !== undefined) run.closeAtEnd({ close: stopListening });
  if (policies === null)
    return { name, fn: (value, context) => fn(value, context, context), admitted, limit, abandonAfterMs };
  const policed = new PolicedCall(fn, policies, { run, stats });
  return { name, fn: (_value, context) => policed.call(context), admitted, limit, abandonAfterMs };
}

/** A limiter for this run where one is wanted that tunes itself; what it decides gets into the trace. */
function openConcurrency(
  concurrency: number | "auto" | Limiter,
  { stats, run }: Pick<StageOpening, "stats" | "run">,
): number | Limiter {
  const opened = concurrency === "auto" ? new AutoLimiter() : concurrency;
  const { trace } = run;
  if (!(opened instanceof AutoLimiter) || trace?.count === undefined) return opened;
  const { count } = trace;
  const sink = { now: () => trace.now(), count: count.bind(trace) };
  run.closeAtEnd({ close: recordDecisions(opened, sink, `limit of ${stats.name}`) });
  return opened;
}
