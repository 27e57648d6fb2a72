import type { HttpResponse, Session } from "@overlap/http";
import { type Coroutine, clocked, type Future } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { SaveFailedError } from "../errors.ts";

/** Gets the square, or the error that came instead. */
type SquareCallback = (error: unknown, square: number) => void;

/** One call over the network, in each of the ways in which a program can wait for it. */
export interface SquareCalls {
  /** A coroutine: `yield*` waits. */
  fetchSquare(value: number): Coroutine<number>;
  /** Returns at once and calls back. */
  fetchSquareWithCallback(value: number, callback: SquareCallback): void;
  /** Returns at once, with a future. */
  fetchSquareAsFuture(value: number): Future<HttpResponse>;
  /** What such a future brought. */
  toSquare(response: HttpResponse): number;
}

interface CallsOptions {
  readonly session: Session;
  readonly address: string;
  readonly trace: Trace;
  /** Gets a line for each call. */
  readonly onCall: ((line: string) => void) | undefined;
  /** A call has been answered. */
  readonly advance: () => void;
}

/** The calls of one run: each stores a square in the database and gets it back, after the database's delay. */
export function createSquareCalls({ session, address, trace, onCall, advance }: CallsOptions): SquareCalls {
  const clock = <F extends (...args: never[]) => unknown>(fn: F): F =>
    onCall === undefined ? fn : clocked(fn, { log: onCall });

  function fetchSquareAsFuture(value: number): Future<HttpResponse> {
    const startMs = trace.now();
    const answer = session.get(`${address}/add?name=squares&value=${value ** 2}`);
    answer.addDoneCallback(() => {
      trace.span("call", "io", String(value), startMs, trace.now());
      advance();
    });
    return answer;
  }
  return {
    toSquare,
    fetchSquareAsFuture: clock(fetchSquareAsFuture),
    fetchSquare: clock(function* fetchSquare(value: number) {
      return toSquare(yield* fetchSquareAsFuture(value));
    }),
    fetchSquareWithCallback: clock(function fetchSquare(value: number, callback: SquareCallback) {
      fetchSquareAsFuture(value).addDoneCallback((answer) => callBack(answer, callback));
    }),
  };
}

function callBack(answer: Future<HttpResponse>, callback: SquareCallback): void {
  try {
    callback(undefined, toSquare(answer.result()));
  } catch (error) {
    callback(error, Number.NaN);
  }
}

function toSquare(response: HttpResponse): number {
  if (!response.ok) throw new SaveFailedError(`${response.url} answered ${response.status} to a call`);
  const { value } = response.json<{ value: string }>().result(); // its body is in memory
  return Number(value);
}
