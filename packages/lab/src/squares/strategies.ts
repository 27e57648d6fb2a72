import { type Coroutine, Future, gather } from "@overlap/loop";
import type { StrategyInfo } from "../choose-strategies.ts";
import type { SquareCalls } from "./calls.ts";

/** What a strategy has to do: one call for each value. */
interface SquaresWork extends SquareCalls {
  readonly values: readonly number[];
  /** To be called when every call has been started and nothing has been waited for. */
  started(): void;
}

/** A way of making ten calls. */
export interface SquaresStrategy extends StrategyInfo {
  /** Gets the square of each value, in their order. */
  run(work: SquaresWork): Coroutine<number[]>;
}

const serial: SquaresStrategy = {
  name: "serial",
  description: "one call after the other",
  *run({ values, fetchSquare, started }) {
    const squares: number[] = [];
    for (const value of values) squares.push(yield* fetchSquare(value));
    started(); // the last call has returned only now
    return squares;
  },
};

const callbacks: SquaresStrategy = {
  name: "callbacks",
  description: "every call returns at once and calls back",
  *run({ values, fetchSquareWithCallback, started }) {
    const squares: number[] = [];
    const finished = new Future<void>();
    let left = values.length;
    for (const [index, value] of values.entries()) {
      fetchSquareWithCallback(value, (error, square) => {
        squares[index] = square;
        left--;
        if (finished.done) return;
        if (error !== undefined) finished.setException(error);
        else if (left === 0) finished.setResult();
      });
    }
    started();
    yield* finished;
    return squares;
  },
};

const futures: SquaresStrategy = {
  name: "futures",
  description: "every call returns a future at once; then all are gathered",
  *run({ values, fetchSquareAsFuture, toSquare, started }) {
    const answers = values.map((value) => fetchSquareAsFuture(value));
    started();
    return (yield* gather(answers)).map(toSquare);
  },
};

const tasks: SquaresStrategy = {
  name: "tasks",
  description: "a task for each call, written like the serial one; then all are gathered",
  *run({ values, fetchSquare, started }) {
    const all = gather(values.map((value) => fetchSquare(value)));
    started();
    return yield* all;
  },
};

/** The ways of making the calls, in the order of the notes. */
export const squaresStrategies: readonly SquaresStrategy[] = [serial, callbacks, futures, tasks];
