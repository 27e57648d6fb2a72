/**
 * `@overlap/loop/testing`: programs that wait, tested without waiting. Virtual time, seeded orders of ready tasks, and
 * deadlocks that say who waits for what.
 */

export { allTasksBlocked } from "./all-tasks-blocked.ts";
// Many orders
export { type ExploreOptions, explore } from "./explore.ts";
export { type RunVirtualOptions, runVirtual } from "./run-virtual.ts";
export { type RunVirtualSyncOptions, runVirtualSync } from "./run-virtual-sync.ts";
// Virtual time
export { VirtualClock } from "./virtual-clock.ts";
