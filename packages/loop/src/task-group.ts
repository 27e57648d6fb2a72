import { currentLoop } from "./current.ts";
import { CancelledError, InvalidStateError } from "./errors.ts";
import { FAILED, PENDING } from "./future.ts";
import type { Loop } from "./loop.ts";
import { co, Operation } from "./operation.ts";
import { Scope } from "./scope.ts";
import { startTask, type TaskFunction } from "./start.ts";
import type { Task } from "./task.ts";
import type { Coroutine } from "./waitable.ts";

/**
 * Runs `body` with a group: when it ends, the group waits for all its tasks. If a task or the body fails, the others are
 * cancelled, waited for, and an `AggregateError` with every failure is thrown. No task outlives its group.
 * Cancelling the waiting task cancels them all.
 *
 * @example
 * yield* taskGroup(function* (group) {
 *   for (const url of urls) group.spawn(fetchPage, url);
 * });
 */
export const taskGroup: <T>(
  body: (group: TaskGroup) => Coroutine<T>,
) => Operation<T, [body: (group: TaskGroup) => Coroutine<T>]> = co(runGroup);

/** The tasks of one `taskGroup` call. */
export class TaskGroup extends Scope {
  readonly #parent: Task<unknown>;
  readonly #errors: unknown[] = [];
  #state: "open" | "closing" | "closed" = "open";
  #aborting = false;
  /** The group itself asked the parent to leave its body, and owes it an `uncancel`. */
  #cancelledParent = false;

  /** @internal */
  constructor(loop: Loop, parent: Task<unknown>) {
    super(loop, parent.scope);
    this.#parent = parent;
  }

  /** @internal */
  override get owner(): Task<unknown> {
    return this.#parent;
  }

  /**
   * Starts `fn(...args)` as a task of the group; see `createTask` for what `fn` may be. Arguments are passed on so that a
   * thousand tasks can share one function.
   *
   * @throws InvalidStateError when the group has ended or is being cancelled.
   */
  spawn<T>(fn: (signal: AbortSignal) => PromiseLike<T>): Task<T>;
  spawn<T, A extends unknown[]>(fn: TaskFunction<T, A>, ...args: A): Task<T>;
  spawn(fn: (...args: never[]) => unknown, ...args: unknown[]): Task<unknown> {
    if (this.#state === "closed")
      throw new InvalidStateError("this task group has ended; it takes no new tasks");
    if (this.#aborting)
      throw new InvalidStateError("this task group is being cancelled; it takes no new tasks");
    const task = startTask(this, fn as TaskFunction<unknown, unknown[]>, args);
    task.look();
    return task;
  }

  /** Cancels every task of the group; the body goes on, and the group ends normally once they have ended. */
  cancel(reason?: unknown): void {
    this.cancelTasks(reason);
  }

  /** @internal */
  *run<T>(body: (group: TaskGroup) => Coroutine<T>): Coroutine<T> {
    let result: T | undefined;
    let cancel: CancelledError | undefined;
    try {
      result = yield* new Operation(body, [this]); // a frame of its own, that stacks show
    } catch (error) {
      if (error instanceof CancelledError) cancel = error;
      else this.#errors.push(error);
      this.#abort();
    }
    this.#state = "closing";
    if (this.#takeBackOwnCancel()) cancel = undefined;
    cancel = (yield* this.#join()) ?? cancel;
    this.#state = "closed";
    this.close();
    return this.#conclude(result as T, cancel);
  }

  /** Waits until the last task has ended, and cancels them all when the wait is cancelled. */
  *#join(): Coroutine<CancelledError | undefined> {
    let cancel: CancelledError | undefined;
    while (this.taskCount > 0) {
      try {
        yield* this.whenEmpty();
      } catch (error) {
        cancel ??= error as CancelledError; // the only way whenEmpty() fails
        this.#abort();
      }
    }
    return cancel;
  }

  #conclude<T>(result: T, cancel: CancelledError | undefined): T {
    if (this.#errors.length > 0) {
      if (this.#parent.cancelling > 0) this.#renewParentCancel();
      throw groupFailure(this.#errors);
    }
    if (cancel !== undefined) throw cancel;
    return result;
  }

  /** Failures go first; the parent's own cancel then strikes at its next wait. */
  #renewParentCancel(): void {
    this.#parent.uncancel();
    this.#parent.cancel();
  }

  /** True when nothing but the group itself asked the parent to leave the body. */
  #takeBackOwnCancel(): boolean {
    if (!this.#cancelledParent) return false;
    this.#cancelledParent = false;
    return this.#parent.takeBack(this) === 0;
  }

  protected override taskEnded(task: Task<unknown>): void {
    if (task.settled !== FAILED) return;
    this.#errors.push(task.outcome);
    if (this.#aborting) return;
    this.#abort();
    if (this.#state === "open" && this.#parent.settled === PENDING) {
      this.#cancelledParent = true;
      this.#parent.cancelFor(this, "a task of its group failed");
    }
  }

  #abort(): void {
    this.#aborting = true;
    this.cancelTasks("the task group ends");
  }
}

function* runGroup<T>(body: (group: TaskGroup) => Coroutine<T>): Coroutine<T> {
  const loop = currentLoop();
  const parent = loop.current as Task<unknown>; // operations run inside a task
  return yield* new TaskGroup(loop, parent).run(body);
}

/** @internal What a group throws when tasks of it have failed. */
export function groupFailure(errors: readonly unknown[]): AggregateError {
  return new AggregateError(errors, groupMessage(errors));
}

function groupMessage(errors: readonly unknown[]): string {
  const first = errors[0] instanceof Error ? errors[0].message : String(errors[0]);
  return errors.length === 1
    ? `a task of the group failed: ${first}`
    : `${errors.length} tasks of the group failed, first: ${first}`;
}
