/* A process of its own for one subject, with `gc`, so that nothing else moves the figures. */
import { setTimeout as delay } from "node:timers/promises";
import type { Measured } from "./measured.ts";
import { memorySubjects } from "./subjects.ts";

/** How long a process is left alone before its memory as a whole is read. */
const settleMs = 200;

const [name = "", count = "0"] = process.argv.slice(2);
const subject = memorySubjects.find((one) => one.name === name);
process.once("disconnect", () => process.exit(1)); // nobody is left who wants to know

if (subject !== undefined) {
  const kept: unknown[] = new Array(Number(count)).fill(undefined);
  await subject.hold(kept.slice(0, 1), () => {}); // loads and compiles what is needed
  if (subject.outsideHeap) await delay(settleMs);
  const beforeBytes = bytesUsed(subject.outsideHeap);
  const startMs = performance.now();
  let measured: Measured | undefined;
  await subject.hold(kept, () => {
    const startedMs = performance.now() - startMs;
    measured = { bytes: bytesUsed(subject.outsideHeap) - beforeBytes, startedMs };
  });
  process.send?.(measured, undefined, undefined, () => process.exit());
}

function bytesUsed(wholeProcess: boolean): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return wholeProcess ? rss : heapUsed + external;
}
