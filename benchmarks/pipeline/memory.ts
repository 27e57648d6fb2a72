import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Measured } from "../loop/rounds.ts";

const program = fileURLToPath(new URL("./ten-million.ts", import.meta.url));
const items = 10_000_000;
const heapMb = 64;

/** Ten million items with a heap of 64 MB, in a process of their own; what counts is that they end. Resident memory in MB. */
export async function takeMemory(): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    `--max-old-space-size=${heapMb}`,
    program,
    String(items),
  ]);
  const { rssMb, wallMs, cpuMs } = JSON.parse(stdout) as Record<"rssMb" | "wallMs" | "cpuMs", number>;
  console.log(
    `\n${items} items: ${(wallMs / 1_000).toFixed(0)} s, of which CPU ${(cpuMs / 1_000).toFixed(0)} s`,
  );
  const result = { name: "Overlap, peak of resident memory", median: rssMb, min: rssMb, max: rssMb };
  return {
    title: `${items} items through two stages and a batch, with a journal, under --max-old-space-size=${heapMb}`,
    unit: "MB",
    rounds: 1,
    results: [result],
    verdicts: [{ contender: result.name, statistic: "max", atMost: 256, figure: rssMb, met: rssMb <= 256 }],
  };
}
