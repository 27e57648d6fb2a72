/**
 * A spinner turns while a slow call runs. When the call blocks, only another thread can turn it, and needs a flag that says
 * when to stop. When the call waits on the loop, a coroutine will do, and is simply cancelled.
 */
import { writeSync } from "node:fs";
import { type Coroutine, createTask, run, sleep } from "@overlap/loop";
import { toThread } from "@overlap/loop/node";

const frameMs = 100;
const slowMs = 1_000;
const frames = ["|", "/", "-", "\\"];

function draw(frame: number, text: string): void {
  writeSync(1, `\r${frames[frame % frames.length]} ${text}`);
}

function clear(text: string): void {
  writeSync(1, `\r${" ".repeat(text.length + 2)}\r`);
}

/** On a thread: turns until the flag is set. A thread cannot be stopped from outside, so it has to look. */
export function spinOnThread(text: string, stop: Int32Array): number {
  let frame = 0;
  while (Atomics.wait(stop, 0, 0, frameMs) === "timed-out") draw(frame++, text);
  clear(text);
  return frame;
}

/** As a coroutine: turns until it is cancelled. */
function* spin(text: string): Coroutine<void> {
  try {
    for (let frame = 0; ; frame++) {
      draw(frame, text);
      yield* sleep(frameMs);
    }
  } finally {
    clear(text);
  }
}

/** Blocks the thread that calls it. */
function slowBlockingCall(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs);
  return 42;
}

/** Waits, and lets others run. */
function* slowCall(): Coroutine<number> {
  yield* sleep(slowMs);
  return 42;
}

function* main(): Coroutine<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const spinner = toThread<typeof spinOnThread>(
    import.meta.url,
    "spinOnThread",
    "thinking on a thread!",
    stop,
  );
  const first = slowBlockingCall();
  Atomics.store(stop, 0, 1);
  Atomics.notify(stop, 0);
  console.log(`${(yield* spinner) > 0 ? "it turned" : "it never turned"}, and the answer is ${first}`);

  const task = createTask(spin, "thinking in a coroutine!");
  const second = yield* slowCall();
  task.cancel();
  yield* sleep(0);
  console.log(`the spinner is ${task.state}, and the answer is ${second}`);
}

if (import.meta.main) await run(main); // threads load this file too
