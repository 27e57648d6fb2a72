import { availableParallelism } from "node:os";
import type { RecordedRun } from "@overlap/report";
import type { EndedRun } from "./job-run.ts";
import { endedItems } from "./rates.ts";
import { stageFills } from "./stage-fills.ts";

/** The run as `--trace` keeps it. Its limit is that of the stage whose calls filled theirs most. */
export function recordJob(name: string, run: EndedRun): RecordedRun {
  const fills = stageFills(run);
  const calls = fills.find(({ kind }) => kind !== "cpu");
  const threads = fills.find(({ kind }) => kind === "cpu");
  const record = {
    name,
    times: run.times,
    items: endedItems(run),
    failed: run.failed + run.rejected,
    retries: run.retries,
    limit: calls?.limit ?? 0,
    cores: availableParallelism(),
    ...(threads !== undefined && { threads: threads.limit }),
    context: { Node: process.versions.node },
  };
  return { record, trace: run.trace };
}
