import { currentLoop, enterLoop } from "../current.ts";
import { expectDuration } from "../errors.ts";
import "../loop.ts"; // makes the loop that currentLoop() gives
import { watchBlockingFunctions } from "./blocking-functions.ts";
import type { BlockingWatch } from "./blocking-watch.ts";
import { callPlace } from "./call-place.ts";

/** One place in the program that blocked the loop. */
export interface BlockingCall {
  /** The function, `fs.readFileSync` for instance. */
  readonly name: string;
  /** Where it was called: `file:line:column`. */
  readonly place: string;
  /** How often, until now. */
  readonly count: number;
  /** Milliseconds that all these calls took together. */
  readonly totalMs: number;
  /** Milliseconds that the longest of them took. */
  readonly longestMs: number;
}

/** Options of `guardBlockingCalls`. */
export interface GuardOptions {
  /** Shorter calls are not counted; milliseconds, at least 0. @default 0 */
  readonly thresholdMs?: number;
  /** Told once per place and function, right after the first call. @default prints a line to stderr */
  readonly report?: (call: BlockingCall) => void;
}

/** What `guardBlockingCalls` gives. */
export interface BlockingGuard extends Disposable {
  /** What was found so far, in the order of first calls; the objects go on counting. */
  readonly calls: readonly BlockingCall[];
}

interface Count {
  readonly name: string;
  readonly place: string;
  count: number;
  totalMs: number;
  longestMs: number;
}

const guards = new Set<Guard>();
let restore: () => void = () => {};
/** A call is under way: what it calls in turn is part of it. */
let inside = false;

/**
 * Names the synchronous calls that block this thread's loop: all of `node:fs`, `node:child_process`, `node:crypto` and `node:zlib` whose
 * name ends in `Sync`, `Atomics.wait`, and `runBlocking`. Counted is a call that is made while a step or a callback of the loop
 * runs, or while tasks live (Node doesn't tell the steps of an async function from other code). So calls at start-up, before the
 * first task, are not. Dispose of the guard to put everything back as it was.
 *
 * It works for `import fs from "node:fs"` and `import { readFileSync } from "node:fs"` alike, and costs about a microsecond a call; a
 * counted one takes some ten, for the place. A function that was copied before (`const read = fs.readFileSync`) is not seen.
 *
 * @throws InvalidArgumentError
 * @example
 * using guard = guardBlockingCalls({ thresholdMs: 5 });
 * // overlap: fs.readFileSync blocked the loop for 12.3 ms at /app/load.ts:12:5; use its asynchronous form, or toThread
 */
export function guardBlockingCalls(options: GuardOptions = {}): BlockingGuard {
  const guard = new Guard(options);
  if (guards.size === 0) restore = watchBlockingFunctions(watchCall);
  guards.add(guard);
  return guard;
}

class Guard implements BlockingGuard {
  readonly thresholdMs: number;
  readonly #report: ((call: BlockingCall) => void) | undefined;
  readonly #counts = new Map<string, Count>();

  constructor({ thresholdMs = 0, report }: GuardOptions) {
    this.thresholdMs = expectDuration("thresholdMs", thresholdMs);
    this.#report = report;
  }

  get calls(): readonly BlockingCall[] {
    return [...this.#counts.values()];
  }

  /** Counts a call, and reports the first one. */
  add(name: string, place: string, durationMs: number): void {
    const key = `${name} ${place}`;
    const known = this.#counts.get(key);
    const count = known ?? { name, place, count: 0, totalMs: 0, longestMs: 0 };
    count.count++;
    count.totalMs += durationMs;
    count.longestMs = Math.max(count.longestMs, durationMs);
    if (known !== undefined) return;
    this.#counts.set(key, count);
    (this.#report ?? printFirst)(count);
  }

  [Symbol.dispose](): void {
    if (!guards.delete(this)) return;
    if (guards.size === 0) restore();
    if (this.#report === undefined) for (const count of this.#counts.values()) printRepeated(count);
  }
}

const watchCall: BlockingWatch = (name, call) => {
  if (inside || !blocksLoop()) return call();
  inside = true;
  const startMs = performance.now();
  try {
    return call();
  } finally {
    tell(name, performance.now() - startMs);
    inside = false;
  }
};

/** Whether a step or a callback runs, or tasks live that this thread keeps waiting. */
function blocksLoop(): boolean {
  const running = enterLoop(null);
  enterLoop(running);
  if (running !== null) return true;
  for (const scope of currentLoop().scopes) if (scope.taskCount > 0) return true;
  return false;
}

function tell(name: string, durationMs: number): void {
  const interested = [...guards].filter((guard) => durationMs >= guard.thresholdMs);
  if (interested.length === 0) return;
  const place = callPlace();
  for (const guard of interested) {
    try {
      guard.add(name, place, durationMs);
    } catch (error) {
      currentLoop().reportFailure({ message: "the report of a blocking call threw", error });
    }
  }
}

function printFirst({ name, place, totalMs }: BlockingCall): void {
  const advice = "use its asynchronous form, or toThread";
  process.stderr.write(
    `overlap: ${name} blocked the loop for ${totalMs.toFixed(1)} ms at ${place}; ${advice}\n`,
  );
}

function printRepeated({ name, place, count, totalMs }: BlockingCall): void {
  if (count === 1) return;
  process.stderr.write(
    `overlap: ${name} at ${place} was called ${count} times, ${totalMs.toFixed(1)} ms in all\n`,
  );
}
