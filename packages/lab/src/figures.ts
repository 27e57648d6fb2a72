import { availableParallelism } from "node:os";
import type { RecordedRun, RunRecord } from "@overlap/report";
import type { Fact } from "@overlap/report/page";
import type { Span } from "@overlap/trace";
import type { StrategyRun } from "./run-strategy.ts";

/** What a run is judged by, beside what was measured of it. */
export type Expectation = Pick<
  RunRecord,
  "limit" | "delayMs" | "boundMs" | "threads" | "failed" | "context"
> & {
  /** What it is called, where the name of its strategy would not do. */
  readonly name?: string;
  readonly description?: string;
};

/** A run with what it is judged by, as reports want it. */
export function recordRun(run: StrategyRun, expectation: Expectation): RecordedRun {
  const { strategy: name, items, times, trace } = run;
  return { record: { name, items, times, cores: availableParallelism(), ...expectation }, trace };
}

/** True for the spans in which a request was under way. */
export function isRequest({ kind }: Span): boolean {
  return kind === "io" || kind === "sink";
}

/** The machine, for the context line of a page. */
export function machineFacts(): Fact[] {
  return [
    { label: "Node", value: process.versions.node },
    { label: "cores", value: availableParallelism() },
  ];
}
