/** Tutorial, step 2: measure the parts before changing anything. What does computing cost alone, and what waiting? */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { formatMs } from "@overlap/report";
import { delayMs, hash, texts } from "./tutorial/work.ts";

const startMs = performance.now();
for (const text of texts) hash(text);
const cpuMs = (performance.now() - startMs) / texts.length;
const cores = availableParallelism();

console.log(`computing alone: ${formatMs(cpuMs)} an item; waiting: ${delayMs} ms an item`);
console.log(`one by one, waiting takes ${((100 * delayMs) / (delayMs + cpuMs)).toFixed(0)} % of the time`);
console.log(
  `if all waiting overlaps: ${formatMs(cpuMs)} an item; on all ${cores} cores: ${formatMs(cpuMs / cores)}`,
);
