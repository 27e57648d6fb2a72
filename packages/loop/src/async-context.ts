import type { Task } from "./task.ts";

/** What is needed of Node's `AsyncResource`: it keeps the context it was made in. */
interface Resource {
  runInAsyncScope<R>(step: (this: R, task: Task<unknown>) => void, runner: R, task: Task<unknown>): void;
}

interface Host {
  readonly process?: {
    getBuiltinModule?(
      name: "node:async_hooks",
    ): { AsyncResource: new (type: string) => Resource } | undefined;
  };
}

/** The context (the values of every `AsyncLocalStorage`) that each task was made in. */
export class TaskContexts {
  readonly #createResource: () => Resource;
  readonly #resources = new WeakMap<Task<unknown>, Resource>();

  private constructor(createResource: () => Resource) {
    this.#createResource = createResource;
  }

  /** `null` where the host has no such contexts. */
  static create(): TaskContexts | null {
    const hooks = (globalThis as Host).process?.getBuiltinModule?.("node:async_hooks");
    return hooks === undefined ? null : new TaskContexts(() => new hooks.AsyncResource("OverlapTask"));
  }

  /** `task` keeps the context of whoever makes it now. */
  keep(task: Task<unknown>): void {
    this.#resources.set(task, this.#createResource());
  }

  /** Calls `runner.step(task)` in the context of `task`; as it comes for a task that has none. */
  run<R>(task: Task<unknown>, step: (this: R, task: Task<unknown>) => void, runner: R): void {
    const resource = this.#resources.get(task);
    if (resource === undefined) step.call(runner, task);
    else resource.runInAsyncScope(step, runner, task);
  }
}
