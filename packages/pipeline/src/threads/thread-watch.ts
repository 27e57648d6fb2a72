import { currentLoop, type TimerHandle } from "@overlap/loop";
import { sharedNow } from "@overlap/trace";
import type { ThreadCall } from "./thread-pool.ts";

/** Limits the time of one call. */
export interface ThreadWatch {
  /** The call took too long, and was killed. */
  readonly expired: boolean;
  /** The call is over. */
  end(): void;
}

/** Kills the call when its thread has worked on it for `limitMs`; the time it waits for a thread doesn't count. */
export function watchThread(call: ThreadCall, limitMs: number): ThreadWatch {
  const loop = currentLoop();
  let expired = false;
  let timer: TimerHandle = loop.callLater(limitMs, look);
  function look(): void {
    const leftMs = call.begunMs === 0 ? limitMs : limitMs - (sharedNow() - call.begunMs);
    if (leftMs > 0) {
      timer = loop.callLater(leftMs, look);
      return;
    }
    expired = true;
    call.kill();
  }
  return {
    get expired() {
      return expired;
    },
    end: () => timer.cancel(),
  };
}
