import { CancelledError, type Coroutine, createTask, shield } from "@overlap/loop";

/** Runs `work` to its end even when the caller is cancelled meanwhile; gives that cancel, or `null`. */
export function* uninterrupted(work: () => Coroutine<void>): Coroutine<CancelledError | null> {
  const task = createTask(work);
  let cancel: CancelledError | null = null;
  for (;;) {
    try {
      yield* shield(task);
      return cancel;
    } catch (error) {
      if (task.done || !(error instanceof CancelledError)) throw error;
      cancel ??= error;
    }
  }
}
