/**
 * Ten calls that wait, in four ways: one after the other, with callbacks, with futures, with tasks. The last three take as long as
 * one call. `--delay 1000` makes each call take a second instead of a tenth of one.
 */
import { parseArgs } from "node:util";
import { type Coroutine, currentLoop, Future, gather, run, sleep } from "@overlap/loop";

const { values } = parseArgs({ options: { delay: { type: "string", default: "100" } } });
const delayMs = Number(values.delay);
const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A call over the network. */
function* fetchSquare(value: number): Coroutine<number> {
  yield* sleep(delayMs);
  return value ** 2;
}

function fetchSquareWithCallback(value: number, callback: (square: number) => void): void {
  currentLoop().callLater(delayMs, () => callback(value ** 2));
}

function fetchSquareAsFuture(value: number): Future<number> {
  const square = new Future<number>();
  currentLoop().callLater(delayMs, () => square.setResult(value ** 2));
  return square;
}

function* oneByOne(): Coroutine<number[]> {
  const squares: number[] = [];
  for (const value of numbers) squares.push(yield* fetchSquare(value));
  return squares;
}

function* withCallbacks(): Coroutine<number[]> {
  const squares: number[] = [];
  const finished = new Future<void>();
  for (const value of numbers) {
    fetchSquareWithCallback(value, (square) => {
      squares.push(square);
      if (squares.length === numbers.length) finished.setResult();
    });
  }
  yield* finished;
  return squares;
}

function* withFutures(): Coroutine<number[]> {
  return yield* gather(numbers.map(fetchSquareAsFuture));
}

function* withTasks(): Coroutine<number[]> {
  return yield* gather(numbers.map(fetchSquare));
}

const ways = { "one by one": oneByOne, callbacks: withCallbacks, futures: withFutures, tasks: withTasks };
for (const [name, way] of Object.entries(ways)) {
  const startMs = performance.now();
  const squares = await run(way);
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`${name.padEnd(10)} ${seconds.toFixed(2)} s  ${squares.join(" ")}`);
}
