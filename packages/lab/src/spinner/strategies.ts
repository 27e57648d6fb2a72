import { type Coroutine, checkpoint, createTask, sleep, until, wait } from "@overlap/loop";
import { ThreadPool } from "@overlap/loop/node";
import type { StrategyInfo } from "../choose-strategies.ts";
import { clearSpinner, drawFrame, type SpinnerLook, type spinUntilFlag } from "./spin.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const spinModule = new URL(`./spin${ending}`, import.meta.url);

/** What a strategy has to do: turn while the slow call goes on. */
interface SpinnerWork {
  readonly look: SpinnerLook;
  /** Blocks the thread that calls it. */
  blockingCall(): number;
  /** Waits, and lets others run. */
  waitingCall(): Coroutine<number>;
}

/** What became of it. */
export interface Spinning {
  /** What the slow call returned. */
  readonly answer: number;
  /** When each frame was drawn, on the trace's clock. */
  readonly frames: readonly number[];
}

/** A way of showing that something goes on. */
export interface SpinnerStrategy extends StrategyInfo {
  /** What ends the spinner. */
  readonly endedBy: string;
  /** How the slow call waits. */
  readonly blocks: boolean;
  /** Makes the slow call beside a spinner. */
  run(work: SpinnerWork): Coroutine<Spinning>;
}

const thread: SpinnerStrategy = {
  name: "thread",
  description:
    "the call blocks the main thread; a worker thread turns, and looks at a flag that says when to stop",
  endedBy: "its stop flag",
  blocks: true,
  *run({ look, blockingCall }) {
    const stop = new Int32Array(new SharedArrayBuffer(8));
    const pool = new ThreadPool({ threads: 1 });
    try {
      const spinner = pool.call<typeof spinUntilFlag>(spinModule, "spinUntilFlag", look, stop);
      while (stop[1] === 0 && !spinner.done) yield* sleep(1); // a thread takes a while to start
      const answer = blockingCall();
      raise(stop);
      return { answer, frames: yield* spinner };
    } finally {
      raise(stop); // also when this is cancelled: nothing else would end it
      yield* until(pool.close());
    }
  },
};

const coroutine: SpinnerStrategy = {
  name: "coroutine",
  description: "the call waits on the loop; a coroutine turns, and is cancelled",
  endedBy: "cancel()",
  blocks: false,
  *run({ look, waitingCall }) {
    const frames: number[] = [];
    const spinner = createTask(spin, look, frames);
    const answer = yield* waitingCall();
    spinner.cancel();
    yield* wait([spinner]);
    return { answer, frames };
  },
};

const frozen: SpinnerStrategy = {
  name: "frozen",
  description: "the call blocks the main thread; a coroutine should turn, and cannot",
  endedBy: "cancel()",
  blocks: true,
  *run({ look, blockingCall }) {
    const frames: number[] = [];
    const spinner = createTask(spin, look, frames);
    yield* checkpoint();
    const answer = blockingCall();
    spinner.cancel();
    yield* wait([spinner]);
    return { answer, frames };
  },
};

function raise(flag: Int32Array): void {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function* spin(look: SpinnerLook, frames: number[]): Coroutine<void> {
  try {
    for (;;) {
      frames.push(drawFrame(look, frames.length));
      yield* sleep(look.frameMs);
    }
  } finally {
    clearSpinner(look);
  }
}

/** The ways of showing that something goes on; the last one does not work. */
export const spinnerStrategies: readonly SpinnerStrategy[] = [thread, coroutine, frozen];
