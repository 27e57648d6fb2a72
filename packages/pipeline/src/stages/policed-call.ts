import { CancelledError, type Coroutine, untilSettled } from "@overlap/loop";
import {
  type FixedLimiter,
  type Limiter,
  RetryPolicy,
  retry,
  type Slot,
  type SlotOutcome,
  TimeLimitError,
  timeLimit,
} from "@overlap/policy";
import type { StageRun } from "../engine/stage.ts";
import { type CallContext, isThenable, isWaitable, resultOf } from "../engine/stage-call.ts";
import type { StageStats } from "../engine/stage-stats.ts";
import type { KeyLimits, Policies } from "./policies.ts";

/** The function of a stage, as the engine calls it: for one attempt, of a call that may have several. */
export type StageCallFunction = (value: unknown, attempt: CallContext, call: CallContext) => unknown;

const once = new RetryPolicy({ attempts: 1 });

/** The function of a stage under its policies. */
export class PolicedCall {
  readonly #fn: StageCallFunction;
  readonly #policies: Policies;
  readonly #run: StageRun;
  readonly #stats: StageStats;

  constructor(
    fn: StageCallFunction,
    policies: Policies,
    { run, stats }: { readonly run: StageRun; readonly stats: StageStats },
  ) {
    this.#fn = fn;
    this.#policies = policies;
    this.#run = run;
    this.#stats = stats;
  }

  /** Tries, within the time for all attempts. Cancelling ends the attempt, or the wait before it. */
  *call(context: CallContext): Coroutine<unknown> {
    const { totalTimeoutMs } = this.#policies;
    if (totalTimeoutMs === Number.POSITIVE_INFINITY) return yield* this.#attempts(context);
    // Each attempt sees to its own abandonment.
    return yield* timeLimit(() => this.#attempts(context), { timeoutMs: totalTimeoutMs });
  }

  *#attempts(context: CallContext): Coroutine<unknown> {
    return yield* retry((attempt) => {
      if (attempt > 1) this.#stats.retries++;
      context.attempt = attempt;
      return this.#attempt(context);
    }, this.#policies.retry ?? once);
  }

  /** A turn of the item's key, a slot, the leave of the rate, in this order; then the call. */
  *#attempt(context: CallContext): Coroutine<unknown> {
    const { limiter, rate } = this.#policies;
    const queuedMs = this.#run.now();
    const limits = this.#limitsOf(context);
    using _turn = yield* slotOf(limits?.slots);
    if (limits !== null && limits.rate !== null) yield* limits.rate.acquire();
    using slot = yield* slotOf(limiter);
    if (rate !== null) yield* rate.acquire();
    this.#traceQueue(queuedMs);
    return yield* this.#callInTime(context, slot);
  }

  #limitsOf(context: CallContext): KeyLimits | null {
    const { per } = this.#policies;
    return per === null ? null : per.limits.of(per.key(context.item.value as never));
  }

  /** The slot stays taken until the work has really ended, or was abandoned. */
  *#callInTime(context: CallContext, slot: Slot | null): Coroutine<unknown> {
    const { timeoutMs, abandonAfterMs } = this.#policies;
    const attempt = context.ofAttempt();
    try {
      const work = () => callAndWait(() => this.#fn(context.item.value, attempt, context), attempt);
      const result = yield* timeLimit(work, { timeoutMs, abandonAfterMs });
      slot?.release("ok");
      return result;
    } catch (error) {
      slot?.release(slotOutcome(error));
      throw error;
    }
  }

  #traceQueue(sinceMs: number): void {
    const { trace } = this.#run;
    if (trace === null) return;
    const nowMs = trace.now();
    if (nowMs > sinceMs) trace.span(this.#stats.name, "queue", this.#stats.name, sinceMs, nowMs);
  }
}

/** Calls, and waits until the work has really ended; a cancel fires its signal. */
export function* callAndWait(call: () => unknown, context: CallContext): Coroutine<unknown> {
  try {
    const result = call();
    if (!isThenable(result) || isWaitable(result)) return yield* resultOf(result);
    return yield* untilSettled(result, (cancel) => context.abort(cancel));
  } catch (error) {
    if (error instanceof CancelledError) context.abort(error);
    throw error;
  }
}

function* slotOf(limiter: Limiter | FixedLimiter | null | undefined): Coroutine<Slot | null> {
  return limiter ? yield* limiter.acquire() : null;
}

/** What a failure says about the other side: that it had too much to do, or something else. */
function slotOutcome(error: unknown): SlotOutcome {
  if (error instanceof CancelledError) return "cancelled";
  const { status, retryAfterMs, code } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof retryAfterMs === "number") return "rate-limited";
  const busy = status === 429 || status === 503;
  return busy || error instanceof TimeLimitError || isOverload(code) ? "overload" : "error";
}

/** Refused connections and timeouts, by the codes of the http package and of Node. */
function isOverload(code: unknown): boolean {
  return typeof code === "string" && /TIMEOUT|TIMEDOUT|ECONNREFUSED|HTTP_CONNECT$/.test(code);
}
