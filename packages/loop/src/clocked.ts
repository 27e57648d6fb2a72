import { currentLoop } from "./current.ts";
import { CancelledError } from "./errors.ts";
import { FULFILLED, Future } from "./future.ts";
import type { Outcome } from "./gather.ts";
import { Operation } from "./operation.ts";
import { renderValue } from "./render-value.ts";
import { type AnyFunction, isCoroutineFunction } from "./start.ts";
import type { Coroutine } from "./waitable.ts";

/** One call of a `clocked` function, from its beginning to its end. */
export interface ClockedCall {
  /** The function's name, or the one given in the options. */
  readonly name: string;
  /** What it was called with. */
  readonly args: readonly unknown[];
  /** When it began, on the loop's clock in milliseconds. */
  readonly startMs: number;
  /** How long it took, its waiting included. */
  readonly durationMs: number;
  /** What it returned or threw. */
  readonly outcome: Outcome<unknown>;
}

/** Options of `clocked`. */
export interface ClockedOptions {
  /** Makes the line for a call. @default `formatCall` */
  readonly format?: (call: ClockedCall) => string;
  /** Gets the line. @default `console.log` */
  readonly log?: (line: string) => void;
  /** What the function is called in the line. @default its own name */
  readonly name?: string;
}

/**
 * Writes a line for each call of `fn` when it has ended: how long it took, name, arguments, and what it gave or threw. Works
 * for plain, async and coroutine functions and for those made with `co`; the result has the same type, name and
 * number of parameters. The time of an async or a coroutine function is that of the whole wait, and a call that is
 * cancelled gets its line too. Each call is told to the observers of the loop (`LoopObserver.call`) as well.
 *
 * In code that is compiled it is also a decorator for methods: `@clocked`, or `@clocked({ name: "fetch" })`.
 *
 * What `format` or `log` throws goes to the loop's exception handler; the call does not notice. A returned thenable that is
 * no promise and nothing of this package is not waited for: reading it could start its work.
 *
 * @example
 * const square = clocked(function* square(n: number) {
 *   yield* sleep(10);
 *   return n * n;
 * });
 * await run(() => square(3)); // [0.01020146s] square(3) -> 9
 */
export function clocked<F extends (...args: never[]) => unknown>(fn: F, options?: ClockedOptions): F;
export function clocked<F extends (...args: never[]) => unknown>(
  method: F,
  context: ClassMethodDecoratorContext,
): F;
export function clocked(
  options: ClockedOptions,
): <F extends (...args: never[]) => unknown>(method: F, context?: ClassMethodDecoratorContext) => F;
export function clocked(
  subject: AnyFunction | ClockedOptions,
  options: ClockedOptions | ClassMethodDecoratorContext = {},
): unknown {
  if (typeof subject !== "function") return (method: AnyFunction) => wrap(method, subject);
  return "kind" in options ? wrap(subject, {}) : wrap(subject, options);
}

/** `[0.00020146s] square(3) -> 9`; `!! Error: why` when it threw, `-- cancelled` when it was cancelled. */
export function formatCall({ name, args, durationMs, outcome }: ClockedCall): string {
  const seconds = (durationMs / 1_000).toFixed(8);
  return `[${seconds}s] ${name}(${args.map(renderValue).join(", ")}) ${formatOutcome(outcome)}`;
}

function formatOutcome(outcome: Outcome<unknown>): string {
  if (outcome.ok) return `-> ${renderValue(outcome.value)}`;
  if (!(outcome.error instanceof CancelledError)) return `!! ${renderValue(outcome.error)}`;
  const { reason } = outcome.error;
  return reason === undefined ? "-- cancelled" : `-- cancelled: ${renderValue(reason)}`;
}

/** Called once for each call, when it has ended. */
type End = (outcome: Outcome<unknown>) => void;

function wrap(
  fn: AnyFunction,
  { format = formatCall, log = print, name = fn.name }: ClockedOptions,
): AnyFunction {
  const begin = (args: readonly unknown[]): End => {
    const loop = currentLoop();
    const startMs = loop.now();
    return (outcome) => {
      const call = { name: name || "(anonymous)", args, startMs, durationMs: loop.now() - startMs, outcome };
      loop.observers?.call(call);
      try {
        log(format(call));
      } catch (error) {
        loop.reportFailure({ message: `the line of a call of ${call.name} could not be written`, error });
      }
    };
  };
  const wrapper = isCoroutineFunction(fn) ? clockCoroutine(fn, begin) : clockFunction(fn, begin);
  return Object.defineProperties(wrapper, { name: { value: fn.name }, length: { value: fn.length } });
}

/** Stays a coroutine function, so that a task runs it as it is; its time begins with its first step. */
function clockCoroutine(fn: AnyFunction, begin: (args: readonly unknown[]) => End): AnyFunction {
  return function* (this: unknown, ...args: unknown[]) {
    return yield* clockBody(fn.apply(this, args) as Coroutine<unknown>, begin(args));
  };
}

function* clockBody(body: Coroutine<unknown>, end: End): Coroutine<unknown> {
  let outcome: Outcome<unknown> | undefined;
  try {
    const value = yield* body;
    outcome = { ok: true, value };
    return value;
  } catch (error) {
    outcome = { ok: false, error };
    throw error;
  } finally {
    if (outcome !== undefined) end(outcome); // a generator that is closed early has no outcome
  }
}

function clockFunction(fn: AnyFunction, begin: (args: readonly unknown[]) => End): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    const end = begin(args);
    let result: unknown;
    try {
      result = fn.apply(this, args);
    } catch (error) {
      end({ ok: false, error });
      throw error;
    }
    return clockResult(result, end, () => begin(args));
  };
}

/** Ends the clock when `result` is there. */
function clockResult(result: unknown, end: End, begin: () => End): unknown {
  if (result instanceof Operation) return new Operation(() => clockBody(waitFor(result), begin()), []);
  if (result instanceof Future) {
    result.addObserver({ run: () => end(outcomeOf(result)) });
    return result;
  }
  if (result instanceof Promise) return result.then(...promiseEnds(end));
  end({ ok: true, value: result });
  return result;
}

function* waitFor(operation: Operation<unknown>): Coroutine<unknown> {
  return yield* operation;
}

function outcomeOf(future: Future<unknown>): Outcome<unknown> {
  if (future.settled === FULFILLED) return { ok: true, value: future.outcome };
  return { ok: false, error: future.outcome };
}

/** A rejection is passed on, so that nobody's forgetting to catch it is hidden. */
function promiseEnds(end: End): [(value: unknown) => unknown, (error: unknown) => never] {
  return [
    (value) => {
      end({ ok: true, value });
      return value;
    },
    (error) => {
      end({ ok: false, error });
      throw error;
    },
  ];
}

function print(line: string): void {
  // biome-ignore lint/suspicious/noConsole: the line is the purpose
  console.log(line);
}
