import { type Coroutine, gatherSettled, timeout, until } from "@overlap/loop";
import { resultOf } from "./engine/stage-call.ts";
import { ThreadModuleError } from "./errors.ts";
import { packError } from "./threads/packed-error.ts";

/** What is to be saved, and by which function of which module. */
export interface BatchWork {
  readonly url: string;
  readonly exportName: string;
  readonly items: readonly unknown[];
  /** Milliseconds for one item. */
  readonly timeoutMs: number;
}

/** An item that was not saved: its place among the items, and what was thrown. */
export interface SaveFailure {
  readonly index: number;
  readonly thrown: unknown;
}

type Save = (item: unknown, context: { readonly signal: AbortSignal }) => unknown;

/** Runs on the thread of `runBlocking`: saves all items at once, and gives those that were not saved. */
export function* saveEach({ url, exportName, items, timeoutMs }: BatchWork): Coroutine<SaveFailure[]> {
  const save = yield* until(load(url, exportName));
  const outcomes = yield* gatherSettled(items.map((item) => saveOne(save, item, timeoutMs)));
  return outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [{ index, thrown: packError(outcome.error) }],
  );
}

function* saveOne(save: Save, item: unknown, timeoutMs: number): Coroutine<void> {
  yield* timeout(timeoutMs, (_timer, signal) => resultOf(save(item, { signal })));
}

async function load(url: string, exportName: string): Promise<Save> {
  const { [exportName]: save } = (await import(url)) as Record<string, unknown>;
  if (typeof save === "function") return save as Save;
  throw new ThreadModuleError(`${url} exports no function named ${exportName}`);
}
