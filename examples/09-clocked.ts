/**
 * `clocked` prints a line for each call of a function, plain, asynchronous or a coroutine: how long it took, its name, its
 * arguments and what came of it. The function stays what it was.
 */
import { clocked, gather, run, sleep } from "@overlap/loop";

const square = clocked(function square(x: number): number {
  return x * x;
});

const fetchSquare = clocked(function* fetchSquare(x: number) {
  yield* sleep(20 * x); // a request, in real life
  if (x === 3) throw new RangeError("no square for 3");
  return x * x;
});

const loadSquare = clocked(async function loadSquare(x: number): Promise<number> {
  await sleep(10);
  return x * x;
});

square(12);
await loadSquare(2);
await run(function* () {
  yield* gather([fetchSquare(0), fetchSquare(1), fetchSquare(2)]);
});
await run(() => fetchSquare(3)).catch((error: unknown) =>
  console.log(`and the caller still gets it: ${String(error)}`),
);
