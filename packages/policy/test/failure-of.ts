import type { Coroutine, Waitable } from "@overlap/loop";

/** What a wait throws, as a value; throws itself when it doesn't. */
export function* failureOf(waitable: Waitable<unknown>): Coroutine<unknown> {
  let value: unknown;
  try {
    value = yield* waitable;
  } catch (error) {
    return error;
  }
  throw new Error(`it gave ${String(value)} instead of failing`);
}
