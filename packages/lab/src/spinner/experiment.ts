import { sleep } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { chooseStrategies } from "../choose-strategies.ts";
import { expectInteger } from "../expect-integer.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { type SpinnerStrategy, type Spinning, spinnerStrategies } from "./strategies.ts";

/** Options of `runSpinner`. */
export interface SpinnerOptions extends SurroundingOptions {
  /** What the slow call takes, in milliseconds; at least 1. @default 2000 */
  readonly slowMs?: number;
  /** Milliseconds between two frames, at least 1. @default 100 */
  readonly frameMs?: number;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** File descriptor of a terminal to draw on. @default nothing is drawn */
  readonly terminal?: number;
}

/** One run of one strategy. */
export interface SpinnerRun extends StrategyRun, Spinning {}

/** What the experiment found. */
export interface SpinnerResult {
  readonly slowMs: number;
  readonly frameMs: number;
  readonly strategies: readonly SpinnerStrategy[];
  /** A run of each strategy, in their order. */
  readonly runs: readonly SpinnerRun[];
}

type Resolved = Omit<SpinnerResult, "runs"> & Pick<SpinnerOptions, "signal" | "onProgress" | "terminal">;

/**
 * Turns a spinner while a slow call goes on: on a thread, and in a coroutine (S5); and shows that a coroutine stands still beside
 * a call that blocks.
 *
 * @throws OptionError; `signal.reason`, but not before a blocking call has ended.
 */
export async function runSpinner(options: SpinnerOptions = {}): Promise<SpinnerResult> {
  const { slowMs = 2_000, frameMs = 100, strategies: names, ...rest } = options;
  expectInteger("slowMs", slowMs, 1);
  expectInteger("frameMs", frameMs, 1);
  const strategies = chooseStrategies(spinnerStrategies, names);
  const runs: SpinnerRun[] = [];
  for (const strategy of strategies) {
    rest.signal?.throwIfAborted();
    runs.push(await runOnce(strategy, { slowMs, frameMs, strategies, ...rest }));
  }
  return { slowMs, frameMs, strategies, runs };
}

/** Drawing takes no time that one could see; the mark of a frame does. */
function traceFrames(trace: Trace, frames: readonly number[], frameMs: number): void {
  for (const [index, atMs] of frames.entries()) {
    trace.span("frame", "cpu", `frame ${index + 1}`, atMs, atMs + frameMs / 4);
  }
}

async function runOnce(
  strategy: SpinnerStrategy,
  { slowMs, frameMs, terminal, signal, onProgress }: Resolved,
): Promise<SpinnerRun> {
  const look = { text: `thinking! (${strategy.name})`, frameMs, ...(terminal !== undefined && { terminal }) };
  let spinning: Spinning = { answer: Number.NaN, frames: [] };
  const run = await runStrategy({
    strategy: strategy.name,
    items: 1,
    signal,
    work: (trace) =>
      function* () {
        const startMs = trace.now();
        const blockingCall = () => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs);
          trace.span("slow call", "blocked", "slow call", startMs, trace.now());
          return 42;
        };
        function* waitingCall() {
          yield* sleep(slowMs);
          trace.span("slow call", "io", "slow call", startMs, trace.now());
          return 42;
        }
        spinning = yield* strategy.run({ look, blockingCall, waitingCall });
        traceFrames(trace, spinning.frames, frameMs);
      },
  });
  if (terminal === undefined) onProgress?.({ strategy: strategy.name, done: 1, items: 1 }); // else the spinner shows it
  return { ...run, ...spinning };
}
