import { CancelledError, type Coroutine, TimeoutError, timeout, until } from "@overlap/loop";
import type { StageRun } from "../engine/stage.ts";
import { isThenable, isWaitable, resultOf } from "../engine/stage-call.ts";
import type { RowSink, RowWriter } from "../sinks/sink.ts";

type Opened = ReturnType<RowSink<unknown>["open"]>;

/** Waits until a sink is open, and sees to it that it is closed, also when the run is cancelled in the meantime. */
export function* openWriter(
  opened: Opened,
  run: StageRun,
  abandonAfterMs: number,
): Coroutine<RowWriter<unknown>> {
  try {
    const writer = yield* resultOf<RowWriter<unknown>>(opened);
    run.closeAtEnd(writer);
    return writer;
  } catch (error) {
    if (error instanceof CancelledError && isThenable(opened) && !isWaitable(opened))
      yield* closeWhenOpen(opened, run, abandonAfterMs);
    throw error;
  }
}

/** A promise can't be cancelled: what it opens is waited for, and closed with the rest. */
function* closeWhenOpen(
  opening: PromiseLike<RowWriter<unknown>>,
  run: StageRun,
  abandonAfterMs: number,
): Coroutine<void> {
  try {
    run.closeAtEnd(yield* timeout(abandonAfterMs, until(opening)));
  } catch (error) {
    // It was left alone: it is closed when it opens after all. If it has failed, there is nothing to close.
    if (error instanceof TimeoutError) opening.then((writer) => writer.close()).then(undefined, () => {});
  }
}
