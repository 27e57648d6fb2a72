import type { Measure } from "./rounds.ts";

/** Every measure of the loop, in the order in which they are printed; loaded one by one, so that a process holds only its own. */
export const measures: Readonly<Record<string, () => Promise<Measure>>> = {
  switch: async () => (await import("./switch.ts")).switches,
  "switch-after-use": async () => (await import("./switch.ts")).switchesAfterUse,
  spawn: async () => (await import("./spawn.ts")).spawns,
  bytes: async () => (await import("./bytes.ts")).bytes,
  depth: async () => (await import("./depth.ts")).depths,
  semaphore: async () => (await import("./semaphore.ts")).permits,
  map: async () => (await import("./map.ts")).maps,
  "map-growth": async () => (await import("./map.ts")).mapGrowth,
  timer: async () => (await import("./timer.ts")).timers,
  size: async () => (await import("./size.ts")).sizes,
};
