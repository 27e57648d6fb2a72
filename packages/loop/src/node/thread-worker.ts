import { SHARE_ENV, Worker } from "node:worker_threads";
import { describeValue, InvalidArgumentError } from "../errors.ts";
import type { ThreadStartup } from "./thread-messages.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const entry = new URL(`./thread-entry${ending}`, import.meta.url);

/** What threads of all kinds have in common. */
export interface ThreadLimits {
  /** Megabytes of heap that a thread may use, at least 1; more ends it. @default what Node gives the process itself */
  readonly maxHeapMb?: number;
}

/** @throws InvalidArgumentError */
export function expectThreadLimits({ maxHeapMb }: ThreadLimits): void {
  if (maxHeapMb === undefined || (Number.isFinite(maxHeapMb) && maxHeapMb >= 1)) return;
  throw new InvalidArgumentError(`expected at least 1 for maxHeapMb, got ${describeValue(maxHeapMb)}`);
}

/** Starts a thread that answers calls. It shares the process's environment variables, and its flags. */
export function startWorker(startup: ThreadStartup, { maxHeapMb }: ThreadLimits): Worker {
  return new Worker(entry, {
    name: "overlap",
    env: SHARE_ENV,
    workerData: startup,
    transferList: startup.port === null ? [] : [startup.port],
    ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  });
}
