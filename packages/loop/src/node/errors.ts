import { LoopError } from "../errors.ts";

/*
 * LoopError                        code
 * ├─ ThreadError
 * │  ├─ ThreadModuleError          OVERLAP_LOOP_THREAD_MODULE
 * │  ├─ ThreadCloneError           OVERLAP_LOOP_THREAD_CLONE
 * │  ├─ ThreadExitError            OVERLAP_LOOP_THREAD_EXIT
 * │  └─ BlockingTimeoutError       OVERLAP_LOOP_BLOCKING_TIMEOUT
 * └─ SignalError                   OVERLAP_LOOP_SIGNAL
 */

/** A call on another thread went wrong outside the called function. What the function itself throws is thrown as it is. */
export abstract class ThreadError extends LoopError {}

/** The module could not be loaded (`cause` says why), or has no function of that name. */
export class ThreadModuleError extends ThreadError {
  override readonly name = "ThreadModuleError";
  readonly code = "OVERLAP_LOOP_THREAD_MODULE";
}

/** An argument or the result cannot be copied to another thread, because it holds a function for instance. */
export class ThreadCloneError extends ThreadError {
  override readonly name = "ThreadCloneError";
  readonly code = "OVERLAP_LOOP_THREAD_CLONE";
}

/** The thread could not start, or ended before the call did: `process.exit`, an error that nobody caught (`cause`), no memory left. */
export class ThreadExitError extends ThreadError {
  override readonly name = "ThreadExitError";
  readonly code = "OVERLAP_LOOP_THREAD_EXIT";
}

/** A blocking call took longer than its `timeoutMs`; its work was cancelled, or its thread ended. */
export class BlockingTimeoutError extends ThreadError {
  override readonly name = "BlockingTimeoutError";
  readonly code = "OVERLAP_LOOP_BLOCKING_TIMEOUT";
}

/** The process got a signal that asks it to end. The reason for which `withSignals` cancels its main task. */
export class SignalError extends LoopError {
  override readonly name = "SignalError";
  readonly code = "OVERLAP_LOOP_SIGNAL";
  /** The signal's name, `SIGINT` for instance. */
  readonly signal: NodeJS.Signals;
  /** What a shell expects of a process that this signal ended: 128 and its number. */
  readonly exitCode: number;

  /** @internal */
  constructor(signal: NodeJS.Signals, exitCode: number) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
    this.exitCode = exitCode;
  }
}
