import { packError } from "./packed-error.ts";
import { transferables } from "./transferables.ts";

/** What a pool thread is asked to do: call the function for each of the items, one after the other. */
export interface ThreadRequest {
  readonly url: string;
  readonly exportName: string;
  readonly items: readonly unknown[];
  /** Where the thread writes when it began, for somebody who limits its time. */
  readonly begun: SharedArrayBuffer | null;
  /** Binary results are moved, not copied. */
  readonly transfer: boolean;
  /** A result that can't be copied fails its item, instead of the thread; costs one more copy. */
  readonly check: boolean;
}

/** What it answers. Times are milliseconds since the epoch, on the clock that all threads share. */
export interface ThreadResults {
  readonly startMs: number;
  /** When each item was done. */
  readonly endMs: Float64Array;
  /** What the function returned for each; nothing for those that failed. */
  readonly values: readonly unknown[];
  /** For which items the function threw, and what. */
  readonly failures: readonly (readonly [index: number, thrown: unknown])[];
}

/** It has no function to call: why. */
export interface ThreadRefusal {
  readonly refusal: string;
  readonly cause: unknown;
}

type Callable = (item: unknown) => unknown;

/** One request after the other, also where the function is async. */
let before: Promise<unknown> = Promise.resolve();

/** The module that every pool thread loads: it loads the user's module once and calls its function for each item. */
export async function callThreadFunction(request: ThreadRequest): Promise<ThreadResults | ThreadRefusal> {
  const answer = before.then(() => answerTo(request));
  before = answer.catch(() => {});
  return await answer;
}

async function answerTo(request: ThreadRequest): Promise<ThreadResults | ThreadRefusal> {
  const { url, exportName, items, begun, transfer, check } = request;
  const fn = await load(url, exportName);
  if (typeof fn !== "function") return fn;
  if (begun !== null) new Float64Array(begun)[0] = now();
  const results = await callForEach(check ? checked(fn) : fn, items);
  return transfer ? await moved(results) : results;
}

async function load(url: string, exportName: string): Promise<Callable | ThreadRefusal> {
  try {
    const fn = ((await import(url)) as Record<string, unknown>)[exportName];
    if (typeof fn === "function") return fn as Callable;
    return { refusal: `${url} exports no function named ${exportName}`, cause: undefined };
  } catch (error) {
    return { refusal: `${url} cannot be loaded: ${String(error)}`, cause: packError(error) };
  }
}

async function callForEach(fn: Callable, items: readonly unknown[]): Promise<ThreadResults> {
  const endMs = new Float64Array(items.length);
  const results = { startMs: now(), endMs, values: [] as unknown[], failures: [] as [number, unknown][] };
  for (let index = callInARow(fn, items, 0, results); index < items.length; ) {
    try {
      results.values[index] = await results.values[index];
    } catch (error) {
      fail(results, index, error);
    }
    endMs[index] = now();
    index = callInARow(fn, items, index + 1, results);
  }
  return results;
}

interface Answers {
  readonly endMs: Float64Array;
  readonly values: unknown[];
  readonly failures: [number, unknown][];
}

/**
 * Calls the function up to the first item for which it gives a promise, and gives that item's place. Not in an async function: when
 * V8 inlines somebody's loop into one, it stays in code of the middle tier (Node 24; up to four times as long).
 */
function callInARow(fn: Callable, items: readonly unknown[], from: number, answers: Answers): number {
  for (let index = from; index < items.length; index++) {
    try {
      const value = fn(items[index]);
      answers.values[index] = value;
      if (isThenable(value)) return index;
    } catch (error) {
      fail(answers, index, error);
    }
    answers.endMs[index] = now();
  }
  return items.length;
}

function fail({ values, failures }: Answers, index: number, error: unknown): void {
  values[index] = undefined;
  failures.push([index, packError(error)]);
}

function checked(fn: Callable): Callable {
  return async (item) => {
    const value = await fn(item);
    structuredClone(value);
    return value;
  };
}

/** Piscina is loaded here only where it is needed: a thread should start fast. */
async function moved(results: ThreadResults): Promise<ThreadResults> {
  const buffers = transferables(results.values);
  if (buffers.length === 0) return results;
  const { move, transferableSymbol, valueSymbol } = await import("piscina");
  const movable = { [transferableSymbol]: buffers, [valueSymbol]: results };
  return move(movable as unknown as Parameters<typeof move>[0]) as unknown as ThreadResults;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
