import type { JobOptions } from "@overlap/pipeline";
import type { OutputFlags } from "../experiment-output.ts";
import type { StageNumbers } from "./stage-overrides.ts";

/** The flags of `overlap run`. */
export interface RunFlags extends OutputFlags {
  readonly maxItems?: number;
  readonly concurrency?: StageNumbers;
  readonly threads?: number;
  readonly journal?: string;
  readonly resume?: boolean;
  readonly retryDead?: boolean;
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
