import { type Coroutine, type Source, until } from "@overlap/loop";

/** What waiting for `source` throws; fails when it throws nothing. */
export function* caught(source: Source<unknown>): Coroutine<unknown> {
  try {
    if (Symbol.iterator in source) yield* source as Coroutine<unknown>;
    else yield* until(source);
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, and nothing was thrown");
}
