import type { Job, JobOptions } from "@overlap/pipeline";
import { UsageError } from "../errors.ts";
import type { OutputFlags } from "../output-flags.ts";
import type { StageNumbers } from "./stage-overrides.ts";

/** The flags of `overlap run`. */
export interface RunFlags extends OutputFlags {
  readonly maxItems?: number;
  readonly concurrency?: StageNumbers;
  readonly threads?: number;
  readonly journal?: string;
  readonly resume?: boolean;
  readonly retryDead?: boolean;
  readonly explain?: boolean;
  /** Milliseconds. */
  readonly grace: number;
}

/** Those of them that the job is told as they are. */
export function toJobOptions({ maxItems, journal, resume, retryDead, grace }: RunFlags): JobOptions {
  return {
    graceMs: grace,
    ...(maxItems !== undefined && { maxItems }),
    ...(journal !== undefined && { journal }),
    ...(resume !== undefined && { resume }),
    ...(retryDead !== undefined && { retryDead }),
  };
}

/** @throws UsageError when they ask for what this job doesn't keep. */
export function expectFitting({ resume, retryDead, journal }: RunFlags, job: Job): void {
  if (resume === true && (journal ?? job.journal) === null)
    throw new UsageError("--resume: the job keeps no journal; give .to() a journal, or add --journal FILE");
  if (retryDead === true && job.deadLetter === null)
    throw new UsageError("--retry-dead: the job has no dead-letter file; give .to() a deadLetter");
}
