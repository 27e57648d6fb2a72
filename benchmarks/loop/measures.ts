import { bytes } from "./bytes.ts";
import { depths } from "./depth.ts";
import { mapGrowth, maps } from "./map.ts";
import type { Measure } from "./rounds.ts";
import { permits } from "./semaphore.ts";
import { sizes } from "./size.ts";
import { spawns } from "./spawn.ts";
import { switches, switchesAfterUse } from "./switch.ts";
import { timers } from "./timer.ts";

/** Every measure of the loop, in the order in which they are printed. */
export const measures: Readonly<Record<string, Measure>> = {
  switch: switches,
  "switch-after-use": switchesAfterUse,
  spawn: spawns,
  bytes,
  depth: depths,
  semaphore: permits,
  map: maps,
  "map-growth": mapGrowth,
  timer: timers,
  size: sizes,
};
