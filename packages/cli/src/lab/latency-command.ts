import type { Command } from "commander";
import { positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface LatencyFlags extends OutputFlags {
  readonly dir?: string;
  readonly samples: number;
  readonly remote?: string;
}

const help = `
Reads from the caches and the memory, turns the loop, sends to a thread and back, to itself through the network and back, reads
from the disk and forces a write onto it. Says what it could not measure.

Example:
  overlap lab latency --dir . --remote example.com:443`;

/** `overlap lab latency` (S15). */
export function createLatencyCommand(): Command {
  return createExperimentCommand({
    name: "latency",
    description: "measure how long this machine waits for its caches, memory, disk, threads, network",
    help,
    traced: false,
    addFlags: (command) =>
      command
        .option("--dir <dir>", "a folder on the disk to measure (default: the one for temporary files)")
        .option("--samples <number>", "measurements of each kind; the median is shown", positiveInteger, 50)
        .option("--remote <host:port>", "a host to measure the network with (default: none)"),
    run: async ({ dir, samples, remote }: LatencyFlags, around) => {
      const { runLatency, latencyFindings } = await import("@overlap/lab");
      const result = await runLatency({
        ...around,
        samples,
        ...(dir !== undefined && { folder: dir }),
        ...(remote !== undefined && { remote }),
      });
      return latencyFindings(result);
    },
  });
}
