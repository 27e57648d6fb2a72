import { currentLoop } from "./current.ts";
import { InvalidStateError } from "./errors.ts";
import { FAILED } from "./future.ts";
import { Scope } from "./scope.ts";
import { startTask, type TaskFunction } from "./start.ts";
import type { Task } from "./task.ts";
import { groupFailure } from "./task-group.ts";

/**
 * A task group for async functions: `await using` waits at the end of the block until all its tasks have ended. If a task fails
 * the others are cancelled, `signal` fires so that the block can stop, and the end of the block throws an `AggregateError`.
 * Coroutines use `taskGroup`, which also cancels the tasks when its body throws; a block cannot tell how it was left.
 *
 * @example
 * await using group = new OpenTaskGroup();
 * for (const url of urls) group.spawn(fetchPage, url);
 */
export class OpenTaskGroup extends Scope implements AsyncDisposable {
  readonly #errors: unknown[] = [];
  readonly #abort = new AbortController();
  #closed = false;

  /** A group of the current loop; cancelling the run that it was made in does not reach it: dispose of it. */
  constructor() {
    super(currentLoop());
  }

  /** Fires when a task of the group has failed; its reason is that failure. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Starts `fn(...args)` as a task of the group; see `createTask` for what `fn` may be.
   *
   * @throws InvalidStateError when the group has ended or a task of it has failed.
   */
  spawn<T>(fn: (signal: AbortSignal) => PromiseLike<T>): Task<T>;
  spawn<T, A extends unknown[]>(fn: TaskFunction<T, A>, ...args: A): Task<T>;
  spawn(fn: (...args: never[]) => unknown, ...args: unknown[]): Task<unknown> {
    if (this.#closed) throw new InvalidStateError("this task group has ended; it takes no new tasks");
    if (this.#errors.length > 0)
      throw new InvalidStateError("this task group is being cancelled; it takes no new tasks");
    const task = startTask(this, fn as TaskFunction<unknown, unknown[]>, args);
    task.look();
    return task;
  }

  /** Cancels every task of the group; the block goes on. */
  cancel(reason?: unknown): void {
    this.cancelTasks(reason);
  }

  /** Waits until every task has ended. @throws AggregateError with every failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.taskCount > 0) await this.whenEmpty();
    this.#closed = true;
    this.close();
    if (this.#errors.length > 0) throw groupFailure(this.#errors);
  }

  protected override taskEnded(task: Task<unknown>): void {
    if (task.settled !== FAILED) return;
    this.#errors.push(task.outcome);
    if (this.#errors.length > 1) return;
    this.#abort.abort(task.outcome);
    this.cancelTasks("a task of its group failed");
  }
}
