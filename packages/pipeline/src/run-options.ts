import { checkDelivery, type DeliverySettings, inSink } from "./delivery/delivery.ts";
import type { StageOverride, StageSpec } from "./engine/stage.ts";
import {
  expectFiniteInteger,
  expectMilliseconds,
  expectPositiveInteger,
  PipelineOptionError,
} from "./errors.ts";
import type { JobOptions, JobPlan } from "./job.ts";

/** @throws PipelineOptionError for what a run of this job can't be given. */
export function checkRunOptions(plan: JobPlan, options: JobOptions): void {
  const { graceMs = 30_000, maxItems = 1, progressEveryMs = 100, stages = {} } = options;
  expectMilliseconds("graceMs", graceMs);
  expectPositiveInteger("maxItems", maxItems);
  if (!(progressEveryMs > 0))
    throw new PipelineOptionError(
      `expected milliseconds above 0 for progressEveryMs, got ${progressEveryMs}`,
    );
  for (const [name, override] of Object.entries(stages)) checkOverride(name, override, plan.stages);
  checkJournal(plan.journal, options.journal);
  checkDelivery(deliveryOf(plan, options));
}

/** How a run of this job keeps account: as the job says, unless the run says otherwise. */
export function deliveryOf(plan: JobPlan, options: JobOptions): DeliverySettings {
  const { journal = plan.journal, deadLetter = plan.deadLetter, resume = false, retryDead = false } = options;
  return { journal, deadLetter, resume, retryDead };
}

function checkOverride(
  name: string,
  { concurrency, threads }: StageOverride,
  stages: readonly StageSpec[],
): void {
  const stage = stages.find((each) => each.name === name);
  if (stage === undefined) {
    const names = stages.map((each) => each.name).join(", ");
    throw new PipelineOptionError(`expected the name of a stage (${names}), got ${name}`);
  }
  if (threads !== undefined) {
    if (stage.kind !== "cpu") throw new PipelineOptionError(`the stage ${name} has no threads`);
    expectFiniteInteger(`threads of ${name}`, threads);
  }
  if (concurrency !== undefined) {
    if (stage.kind !== "io" && stage.kind !== "sink")
      throw new PipelineOptionError(`the stage ${name} has no concurrency`);
    if (concurrency !== "auto") expectPositiveInteger(`concurrency of ${name}`, concurrency);
  }
}

/** Where the journal lies is decided when the sink is declared. */
function checkJournal(declared: string | null, wanted: string | undefined): void {
  if (wanted === undefined || wanted === declared) return;
  if (declared === inSink)
    throw new PipelineOptionError(
      `expected no other journal for a job that keeps it in its sink, got ${JSON.stringify(wanted)}`,
    );
  if (wanted === inSink)
    throw new PipelineOptionError(`expected a file for journal, got "${inSink}": say so where the sink is`);
}
