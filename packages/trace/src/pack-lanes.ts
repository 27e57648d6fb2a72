import { MinHeap } from "./min-heap.ts";
import type { Interval } from "./span.ts";

/** Where {@link packLanes} put each interval. */
export interface PackedLanes {
  /** The lane of each interval, counted from 0, in the order of the input. */
  readonly laneOf: Uint32Array;
  /** How many lanes there are: as many as intervals overlap at the worst moment. */
  readonly laneCount: number;
}

/**
 * Packs intervals into the fewest lanes in which none overlaps another, each into the lowest lane that is free at
 * its start; an interval may start in the instant in which the one before it ends.
 *
 * Greedy by start time, which is optimal: interval partitioning, Kleinberg and Tardos, "Algorithm Design", §4.1.
 * Takes O(n log n).
 *
 * @example
 * ```ts
 * packLanes([{ startMs: 0, endMs: 5 }, { startMs: 3, endMs: 9 }, { startMs: 5, endMs: 6 }]);
 * // { laneOf: [0, 1, 0], laneCount: 2 }
 * ```
 */
export function packLanes(intervals: readonly Interval[]): PackedLanes {
  const laneOf = new Uint32Array(intervals.length);
  const busy = new MinHeap();
  const free = new MinHeap();
  let laneCount = 0;
  for (const index of byStart(intervals)) {
    const { startMs, endMs } = at(intervals, index);
    while (busy.leastKey <= startMs) release(busy, free);
    const lane = free.pop() ?? laneCount++;
    laneOf[index] = lane;
    busy.push(endMs, lane);
  }
  return { laneOf, laneCount };
}

function release(busy: MinHeap, free: MinHeap): void {
  const lane = busy.pop();
  if (lane !== undefined) free.push(lane, lane);
}

/** Shorter first when two start together, so that one of no length never holds up the other. */
function byStart(intervals: readonly Interval[]): Uint32Array {
  return Uint32Array.from(intervals.keys()).sort((a, b) => {
    const [first, second] = [at(intervals, a), at(intervals, b)];
    return first.startMs - second.startMs || first.endMs - second.endMs || a - b;
  });
}

function at(intervals: readonly Interval[], index: number): Interval {
  // Indexes come from intervals.keys().
  return intervals[index] as Interval;
}
