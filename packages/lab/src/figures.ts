import { type Diagnosis, diagnose } from "@overlap/report";
import type { Fact } from "@overlap/report/page";
import type { Span } from "@overlap/trace";
import type { StrategyRun } from "./run-strategy.ts";

/** What a run is judged by, beside what was measured of it. */
interface Expectation {
  readonly cores: number;
  /** Requests in flight at most; 0 when it makes none. */
  readonly limit: number;
  readonly delayMs: number;
  readonly boundMs: number;
  readonly threads?: number;
  readonly failed?: number;
}

/** What this run was limited by. */
export function diagnoseRun(run: StrategyRun, expectation: Expectation): Diagnosis {
  const { items, wallMs, cpuMs, mainCpuMs, activeMs, trace } = run;
  const inFlightMs = [...trace.spans()]
    .filter(isRequest)
    .reduce((sum, span) => sum + span.endMs - span.startMs, 0);
  return diagnose({
    items,
    wallMs,
    mainCpuMs,
    processCpuMs: Math.max(cpuMs, mainCpuMs),
    activeMs,
    meanInFlight: inFlightMs / wallMs,
    ...expectation,
  });
}

/** True for the spans in which a request was under way. */
export function isRequest({ kind }: Span): boolean {
  return kind === "io" || kind === "sink";
}

/** The machine, for the context line of a page. */
export function machineFacts(cores: number): Fact[] {
  return [
    { label: "Node", value: process.versions.node },
    { label: "cores", value: cores },
  ];
}
