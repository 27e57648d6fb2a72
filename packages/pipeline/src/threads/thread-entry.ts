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
  const startMs = now();
  const endMs = new Float64Array(items.length);
  const values: unknown[] = [];
  const failures: [number, unknown][] = [];
  for (const [index, item] of items.entries()) {
    try {
      const value = fn(item);
      values[index] = isThenable(value) ? await value : value;
    } catch (error) {
      values[index] = undefined;
      failures.push([index, packError(error)]);
    }
    endMs[index] = now();
  }
  return { startMs, endMs, values, failures };
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
