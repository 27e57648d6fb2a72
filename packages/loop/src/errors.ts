/*
 * LoopError                        code
 * ├─ CancelledError                OVERLAP_LOOP_CANCELLED
 * ├─ InvalidStateError             OVERLAP_LOOP_INVALID_STATE
 * ├─ NotWaitableError              OVERLAP_LOOP_NOT_WAITABLE
 * ├─ InvalidArgumentError          OVERLAP_LOOP_INVALID_ARGUMENT
 * ├─ TimeoutError                  OVERLAP_LOOP_TIMEOUT
 * ├─ DeadlockError                 OVERLAP_LOOP_DEADLOCK
 * ├─ ExplorationError              OVERLAP_LOOP_EXPLORATION
 * ├─ BrokenBarrierError            OVERLAP_LOOP_BROKEN_BARRIER
 * ├─ QueueEmpty                    OVERLAP_LOOP_QUEUE_EMPTY
 * ├─ QueueFull                     OVERLAP_LOOP_QUEUE_FULL
 * └─ QueueShutDown                 OVERLAP_LOOP_QUEUE_SHUT_DOWN
 *
 * A failing group throws the built-in AggregateError.
 */

/** What every error of this package extends. `code` is stable across versions; messages are not. */
export abstract class LoopError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
}

/**
 * The work was cancelled. Thrown into a coroutine at the wait that was cancelled, and the outcome of a cancelled
 * future. Catch it to clean up, then throw it on.
 */
export class CancelledError extends LoopError {
  override readonly name = "CancelledError";
  readonly code = "OVERLAP_LOOP_CANCELLED";
  /** What was given to `cancel(reason)`, or `undefined`. */
  readonly reason: unknown;

  constructor(reason?: unknown) {
    super(reason === undefined ? "cancelled" : `cancelled: ${describeValue(reason)}`);
    this.reason = reason;
  }
}

/** The operation does not fit the state of its object: a second result, the result of an unfinished future. */
export class InvalidStateError extends LoopError {
  override readonly name = "InvalidStateError";
  readonly code = "OVERLAP_LOOP_INVALID_STATE";
}

/** A coroutine waited for something that cannot be waited for. */
export class NotWaitableError extends LoopError {
  override readonly name = "NotWaitableError";
  readonly code = "OVERLAP_LOOP_NOT_WAITABLE";
}

/** The time given to `timeout` or `timeoutAt` was over before the work was done. `cause` is the cancel that ended the work. */
export class TimeoutError extends LoopError {
  override readonly name = "TimeoutError";
  readonly code = "OVERLAP_LOOP_TIMEOUT";
}

/** Every task waits for something that nothing will bring; the message names each task and what it waits for. */
export class DeadlockError extends LoopError {
  override readonly name = "DeadlockError";
  readonly code = "OVERLAP_LOOP_DEADLOCK";
}

/** One order of the tasks that `explore` tried failed. `cause` is what was thrown. */
export class ExplorationError extends LoopError {
  override readonly name = "ExplorationError";
  readonly code = "OVERLAP_LOOP_EXPLORATION";
  /** What to give to `runVirtual` to see the same order again. */
  readonly seed: number;

  constructor(seed: number, cause: unknown) {
    super(
      `seed ${seed} failed: ${describeValue(cause)}; replay it with runVirtual(main, { seed: ${seed} })`,
      {
        cause,
      },
    );
    this.seed = seed;
  }
}

/** An argument is outside what the function accepts; the message says what was expected and what came. */
export class InvalidArgumentError extends LoopError {
  override readonly name = "InvalidArgumentError";
  readonly code = "OVERLAP_LOOP_INVALID_ARGUMENT";
}

/** The barrier was reset or aborted while the task waited at it, or it was aborted before. */
export class BrokenBarrierError extends LoopError {
  override readonly name = "BrokenBarrierError";
  readonly code = "OVERLAP_LOOP_BROKEN_BARRIER";
}

/** `getNowait` found nothing in the queue. */
export class QueueEmpty extends LoopError {
  override readonly name = "QueueEmpty";
  readonly code = "OVERLAP_LOOP_QUEUE_EMPTY";
}

/** `putNowait` found no room in the queue. */
export class QueueFull extends LoopError {
  override readonly name = "QueueFull";
  readonly code = "OVERLAP_LOOP_QUEUE_FULL";
}

/** The queue was shut down: it takes nothing any more, and what it held is gone or has been taken. */
export class QueueShutDown extends LoopError {
  override readonly name = "QueueShutDown";
  readonly code = "OVERLAP_LOOP_QUEUE_SHUT_DOWN";
}

/** A short, safe rendering of any value for a message. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of ${value.constructor?.name ?? "no class"}`;
}

/** Returns `value` when it is an integer of at least 1 (or `Infinity`), and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  if ((Number.isInteger(value) && value >= 1) || value === Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError(`expected a positive integer for ${name}, got ${describeValue(value)}`);
}

/** Returns `value` when it is a number of at least 0, and throws otherwise. */
export function expectDuration(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new InvalidArgumentError(
    `expected milliseconds of at least 0 for ${name}, got ${describeValue(value)}`,
  );
}
