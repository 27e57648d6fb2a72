import type { Measure } from "../loop/rounds.ts";

/** Every measure whose contenders take turns, in the order in which they are printed; loaded one by one. */
export const measures: Readonly<Record<string, () => Promise<Measure>>> = {
  overhead: async () => (await import("./overhead.ts")).overheads,
  cpu: async () => (await import("./cpu.ts")).chunks,
  rows: async () => (await import("./rows.ts")).insertions,
};
