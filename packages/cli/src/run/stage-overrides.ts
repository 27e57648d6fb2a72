import type { Job, StageDeclaration, StageOverride } from "@overlap/pipeline";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors.ts";
import { positiveIntegerOrAuto } from "../numbers.ts";

/** How many at once, for each stage that was named; `"auto"` finds it out. */
export type StageNumbers = ReadonlyMap<string, number | "auto">;

/** For `--concurrency stage=N` or `stage=auto`, which may be given more than once. A stage's name may hold `=` itself. */
export function stageNumber(text: string, before: StageNumbers = new Map()): StageNumbers {
  const at = text.lastIndexOf("=");
  if (at < 1)
    throw new InvalidArgumentError("Expected STAGE=NUMBER, such as fetch=50. The number may be auto.");
  return new Map([...before, [text.slice(0, at), positiveIntegerOrAuto(text.slice(at + 1))]]);
}

/** What is to be different in the stages of this job. @throws UsageError that lists the stages when one doesn't exist. */
export function toStageOverrides(
  { stages }: Job,
  concurrency: StageNumbers = new Map(),
  threads?: number,
): Record<string, StageOverride> {
  for (const name of concurrency.keys()) expectStage(stages, name);
  const cpuStages = stages.filter(({ kind }) => kind === "cpu");
  if (threads !== undefined && cpuStages.length === 0)
    throw new UsageError(`--threads: the job has no stage that computes on threads; ${listOf(stages)}`);
  const onThreads = threads === undefined ? [] : cpuStages.map(({ name }) => [name, { threads }] as const);
  const called = [...concurrency].map(([name, number]) => [name, { concurrency: number }] as const);
  return Object.fromEntries([...onThreads, ...called]);
}

function expectStage(stages: readonly StageDeclaration[], wanted: string): void {
  const stage = stages.find(({ name }) => name === wanted);
  if (stage === undefined)
    throw new UsageError(`--concurrency: the job has no stage "${wanted}"; ${listOf(stages)}`);
  if (stage.kind === "cpu")
    throw new UsageError(`--concurrency: "${wanted}" runs on threads; give --threads`);
  if (stage.limit === null)
    throw new UsageError(
      `--concurrency: "${wanted}" (${stage.kind}) does one item after the other; ${listOf(stages)}`,
    );
}

function listOf(stages: readonly StageDeclaration[]): string {
  const waiting = stages.filter(({ kind, limit }) => kind !== "cpu" && limit !== null);
  return `stages with a concurrency are ${waiting.map(({ name, limit }) => `${name} (${limit})`).join(", ")}`;
}
