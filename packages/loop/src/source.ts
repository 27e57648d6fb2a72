import { currentLoop } from "./current.ts";
import { describeValue, InvalidArgumentError } from "./errors.ts";
import { Future, isThenable } from "./future.ts";
import type { Loop } from "./loop.ts";
import { Operation } from "./operation.ts";
import { isCoroutineObject, startTask } from "./start.ts";
import { Task } from "./task.ts";
import { until } from "./until.ts";
import { type Coroutine, suspended, type Waitable } from "./waitable.ts";

/** What a combinator takes: a future, a task or an operation, a native promise, or a coroutine that has not begun. */
export type Source<T> = PromiseLike<T> | Coroutine<T>;

/** What waiting for a source gives. */
export type ResultOf<S> = S extends Coroutine<infer T> ? T : S extends PromiseLike<infer T> ? T : never;

/** What a source is turned into: itself when it is a future, else a future of its own. */
export type FutureOf<S> = S extends Future<unknown> ? S : Future<ResultOf<S>>;

/**
 * Futures for all sources, in their order: itself for a future, the promise's for a promise, else a new task of the run.
 * The same source given twice has one future. Nothing is started when one of them is unfit.
 *
 * @throws InvalidArgumentError when something cannot be waited for, or the futures belong to different loops.
 */
export function startAll(caller: string, sources: Iterable<Source<unknown>>): StartedSources {
  const list = listSources(caller, sources);
  for (const source of list) expectSource(source);
  const loop = list.find((source) => source instanceof Future)?.loop ?? currentLoop();
  const started = new Map<Source<unknown>, Future<unknown>>();
  const futures = list.map((source) => {
    const future = started.get(source) ?? toFuture(loop, source);
    started.set(source, future);
    return future;
  });
  if (futures.some((future) => future.loop !== loop))
    throw new InvalidArgumentError(`expected futures of one loop for ${caller}, got some of another`);
  return { loop, futures };
}

/** What `startAll` gives. */
export interface StartedSources {
  readonly loop: Loop;
  readonly futures: readonly Future<unknown>[];
}

/** A future for `source`; see `startAll`. */
export function toFuture<T>(loop: Loop, source: Source<T>): Future<T> {
  expectSource(source);
  if (source instanceof Future) return source;
  if (isCoroutineObject(source)) return new Task(loop.home, "coroutine", source as Coroutine<T>);
  if (!isWaitable(source)) return until(source as PromiseLike<T>) as Future<T>;
  return startTask<T, []>(loop.home, () => source as Waitable<T>, [], nameOf(source));
}

/** Waits for `source` in the task that runs this: a coroutine runs in it, no task of its own is made. */
export function* waitOn<T>(source: Source<T>): Coroutine<T> {
  expectSource(source);
  if (isCoroutineObject(source)) return yield* new Operation(() => source as Coroutine<T>, []); // a frame, that stacks show
  if (isWaitable(source)) return yield* source as Waitable<T>;
  return (yield* until(source)) as T;
}

function expectSource(source: unknown): void {
  if (isCoroutineObject(source) || isThenable(source)) return;
  throw new InvalidArgumentError(
    `expected a future, a task, an operation, a promise or a coroutine, got ${describeValue(source)}`,
  );
}

/**
 * The elements of an iterable of sources. A single future or coroutine can be iterated as well, which would step it:
 * that is refused.
 */
export function listSources<S>(caller: string, sources: Iterable<S>): S[] {
  if (Array.isArray(sources)) return [...sources];
  if (sources instanceof Future || sources instanceof Operation || !isIterable(sources))
    throw notAList(caller, sources);
  const list: S[] = [];
  const iterator = sources[Symbol.iterator]();
  for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
    if ((step as unknown) === suspended) throw notAList(caller, sources);
    list.push(step.value);
  }
  return list;
}

/** Whether `yield* value` is one wait of this package. */
export function isWaitable(value: unknown): value is Waitable<unknown> {
  return isIterable(value) && isThenable(value);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === "function";
}

function notAList(caller: string, value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    `expected an iterable of sources for ${caller}, got ${describeValue(value)}`,
  );
}

function nameOf(source: unknown): string {
  return (source instanceof Operation && source.body.name) || "operation";
}
