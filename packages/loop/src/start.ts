import { describeValue, InvalidArgumentError } from "./errors.ts";
import { callFrame, nameFrames } from "./frame-names.ts";
import { Future } from "./future.ts";
import { Operation } from "./operation.ts";
import type { Scope } from "./scope.ts";
import { Task } from "./task.ts";
import { untilSettled } from "./until.ts";
import type { Coroutine, Waitable } from "./waitable.ts";

/**
 * What a task can run: a coroutine function, or an async function. An async function that declares one parameter more than
 * it is given arguments gets an `AbortSignal` there.
 */
export type TaskFunction<T, A extends unknown[] = []> =
  | ((...args: A) => Coroutine<T> | Waitable<T>)
  | ((...args: [...A, AbortSignal]) => PromiseLike<T>);

/** @internal */
export type AnyFunction = (...args: unknown[]) => unknown;

const generatorFunction: unknown = Object.getPrototypeOf(function* () {});

/** @internal Makes the task; the function itself is called at the task's first step. */
export function startTask<T, A extends unknown[]>(
  scope: Scope,
  fn: TaskFunction<T, A>,
  args: A,
  name: string = (fn as AnyFunction).name || "task",
): Task<T> {
  if (typeof fn !== "function") {
    throw new InvalidArgumentError(
      `expected a coroutine function or an async function, got ${describeValue(fn)}`,
    );
  }
  return new Task<T>(scope, name, toCoroutine<T>(fn as AnyFunction, args));
}

/** @internal Whether calling `fn` makes a coroutine and runs nothing of it yet. */
export function isCoroutineFunction(fn: unknown): boolean {
  return typeof fn === "function" && Object.getPrototypeOf(fn) === generatorFunction;
}

/** The coroutine of a call that has not begun. */
function toCoroutine<T>(fn: AnyFunction, args: unknown[]): Coroutine<T> {
  return isCoroutineFunction(fn) ? (fn(...args) as Coroutine<T>) : callFunction<T>(fn, args);
}

/** Calls any kind of function as a coroutine. */
function* callFunction<T>(fn: AnyFunction, args: unknown[]): Coroutine<T> {
  const abort = fn.length > args.length ? new AbortController() : undefined;
  const result = abort === undefined ? fn(...args) : fn(...args, abort.signal);
  if (result instanceof Future || result instanceof Operation) return (yield* result) as T;
  if (isCoroutineObject(result)) return (yield* result) as T;
  if (typeof (result as PromiseLike<T> | undefined)?.then !== "function") return result as T;
  return (yield* untilSettled(result as PromiseLike<T>, (cancel) => abort?.abort(cancel))) as T;
}

nameFrames(callFunction, callFrame);

/** @internal */
export function isCoroutineObject(value: unknown): value is Coroutine<unknown> {
  const candidate = value as Partial<Coroutine<unknown>> | null | undefined;
  return typeof candidate?.next === "function" && typeof candidate.throw === "function";
}
