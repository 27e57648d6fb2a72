import { CancelledError, type Coroutine, untilSettled, type Waitable } from "@overlap/loop";
import { StageError } from "./errors.ts";
import type { ItemContext, StageFunction } from "./stage.ts";

/** Calls a stage's function for one item, tells it when the item is cancelled, and names the stage when it fails. */
export function* callForItem<T, R>(stage: string, fn: StageFunction<T, R>, item: T): Coroutine<R> {
  const context = new LazyContext();
  try {
    const result = fn(item, context);
    if (isCoroutine(result)) return yield* result;
    if (isWaitable<R>(result)) return yield* result;
    return (yield* untilSettled(result, (cancel) => context.abort(cancel))) as R;
  } catch (error) {
    if (error instanceof CancelledError) {
      context.abort(error);
      throw error;
    }
    throw new StageError(stage, item, error);
  }
}

class LazyContext implements ItemContext {
  #controller: AbortController | null = null;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(cancel: CancelledError): void {
    this.#controller?.abort(cancel);
  }
}

function isCoroutine<R>(value: unknown): value is Coroutine<R> {
  return typeof (value as Partial<Coroutine<R>> | undefined)?.next === "function";
}

function isWaitable<R>(value: unknown): value is Waitable<R> {
  return typeof value === "object" && value !== null && Symbol.iterator in value && "then" in value;
}
