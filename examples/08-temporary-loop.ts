/**
 * A loop inside a plain synchronous program: `runBlocking` starts one on another thread, really waits until the work there is done,
 * and the program goes on as if nothing had happened. What fails there fails here.
 */
import { type Coroutine, gather, sleep } from "@overlap/loop";
import { BlockingRunner, runBlocking } from "@overlap/loop/node";

function* fetchSquare(value: number): Coroutine<number> {
  yield* sleep(100);
  if (value < 0) throw new RangeError(`no square for ${value}`);
  return value ** 2;
}

/** Runs on the loop of the other thread, all calls at once. */
export function* fetchSquares(values: readonly number[]): Coroutine<number[]> {
  return yield* gather(values.map(fetchSquare));
}

/** Not a word of asynchronous code from here on. */
function main(): void {
  const squares = runBlocking<typeof fetchSquares>(import.meta.url, "fetchSquares", [1, 2, 3, 4, 5]);
  console.log(`the squares are ${squares.join(", ")}`);

  try {
    runBlocking<typeof fetchSquares>(import.meta.url, "fetchSquares", [1, -2]);
  } catch (error) {
    console.log(`the error came over: ${String(error)}`);
  }

  using impatient = new BlockingRunner({ timeoutMs: 10 });
  try {
    impatient.run<typeof fetchSquares>(import.meta.url, "fetchSquares", [6]);
  } catch (error) {
    console.log(`no answer in 10 ms: ${(error as Error).name}`);
  }
}

if (import.meta.main) main(); // the other thread loads this file too
