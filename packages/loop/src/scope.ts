import { Future } from "./future.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";

/** The tasks that end together: those of one `run`, of one group, or of the loop itself. Holds them strongly while they live. */
export class Scope {
  /** @internal */
  readonly loop: Loop;
  /** @internal The scope around this one; `null` for a run and for the loop. */
  readonly outer: Scope | null;
  #first: Task<unknown> | null = null;
  #size = 0;
  #empty: Future<void> | null = null;

  /** @internal */
  constructor(loop: Loop, outer: Scope | null = null) {
    this.loop = loop;
    this.outer = outer;
    loop.scopes.add(this);
  }

  /** @internal No more tasks will come. */
  close(): void {
    this.loop.scopes.delete(this);
  }

  /** @internal The task that waits for the group; `null` for a run and for the loop. */
  get owner(): Task<unknown> | null {
    return null;
  }

  /** @internal Whether `wait` is the wait for this scope's last task. */
  endsWith(wait: Future<unknown>): boolean {
    return wait === this.#empty;
  }

  /** @internal How many tasks live here. */
  get taskCount(): number {
    return this.#size;
  }

  /** @internal */
  add(task: Task<unknown>): void {
    const first = this.#first;
    task.nextInScope = first;
    if (first !== null) first.previousInScope = task;
    this.#first = task;
    this.#size++;
  }

  /** @internal Called once by each task when it is done. */
  remove(task: Task<unknown>): void {
    const next = task.nextInScope;
    const previous = task.previousInScope;
    if (next !== null) next.previousInScope = previous;
    if (previous !== null) previous.nextInScope = next;
    else this.#first = next;
    task.nextInScope = null;
    task.previousInScope = null;
    this.#size--;
    this.taskEnded(task);
    if (this.#size === 0) this.#leaveEmpty();
  }

  /** @internal The tasks that live here, oldest first. */
  tasks(): Task<unknown>[] {
    const tasks: Task<unknown>[] = [];
    for (let task = this.#first; task !== null; task = task.nextInScope) tasks.push(task);
    return tasks.reverse();
  }

  /** @internal Asks every task to end. */
  cancelTasks(reason?: unknown): void {
    for (const task of this.tasks()) task.cancel(reason);
  }

  /**
   * @internal Cancels every task and resolves when none is left. Tasks that those make to clean up may finish while their
   * makers live, and are cancelled then.
   */
  async end(reason: string): Promise<void> {
    while (this.#size > 0) {
      const left = this.tasks();
      for (const task of left) task.cancel(reason);
      for (const task of left) await ended(task);
    }
  }

  /** @internal Done when no task lives here; cancelling the wait leaves the tasks alone. */
  whenEmpty(): Future<void> {
    if (this.#empty?.done === false) return this.#empty;
    const empty = new Future<void>(this.loop);
    this.#empty = empty;
    if (this.#size === 0) this.#leaveEmpty();
    return empty;
  }

  /** @internal The outermost scope: where tasks without a group belong. */
  get root(): Scope {
    let scope: Scope = this;
    while (scope.outer !== null) scope = scope.outer;
    return scope;
  }

  /** @internal What a group does when a task of its own is done. */
  protected taskEnded(_task: Task<unknown>): void {}

  #leaveEmpty(): void {
    const empty = this.#empty;
    this.#empty = null;
    if (empty !== null && !empty.done) empty.setResult();
  }
}

/** Resolves when `task` has ended; its failure still has to be looked at by somebody. */
function ended(task: Task<unknown>): Promise<void> {
  if (task.done) return Promise.resolve();
  return new Promise((resolve) => {
    task.addObserver({ run: resolve });
  });
}
