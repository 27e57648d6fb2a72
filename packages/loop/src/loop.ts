import { TaskContexts } from "./async-context.ts";
import { Callback } from "./callback.ts";
import { type Clock, realClock } from "./clock.ts";
import { enterLoop, isThreadLoop, setLoopFactory } from "./current.ts";
import { DebugMode, type DebugOptions } from "./debug.ts";
import { holdWhile } from "./drive.ts";
import { Engine, type LoopParts } from "./engine.ts";
import { expectDuration, InvalidStateError } from "./errors.ts";
import { FailureWatch } from "./failure-watch.ts";
import { Future } from "./future.ts";
import { type LoopObserver, Observers } from "./observers.ts";
import { Scope } from "./scope.ts";
import { type Source, toFuture } from "./source.ts";
import { startTask, type TaskFunction } from "./start.ts";
import { Task } from "./task.ts";
import { describeTasks } from "./task-tree.ts";
import type { TimerHandle } from "./timer-queue.ts";

/**
 * The event loop of a thread: a queue of what is ready and a heap of what is due. One iteration:
 *
 * 1. what was ready at its start runs, in the order it became ready;
 * 2. native promises get their turn (the loop wakes itself through one);
 * 3. after 1,024 steps or 4 ms, timers and sockets of the host get theirs;
 * 4. timers that are due make their callbacks ready, ties in the order they were set.
 *
 * Every thread has a default loop, made on first use; you seldom name it.
 */
export class Loop extends Engine {
  /** @internal Every run and group that is open, and the loop's own scope, so that all tasks can be found. */
  readonly scopes: Set<Scope> = new Set();
  /** @internal Tasks that belong to no run and no group. */
  readonly scope: Scope = new Scope(this);
  readonly #clock: Clock;
  readonly #failures = new FailureWatch((failure) => this.reportFailure(failure));
  #debug: Disposable | null = null;

  /** A loop on this clock; the default is the machine's. */
  constructor(clock: Clock = realClock, parts: LoopParts = {}) {
    super(clock, parts);
    this.#clock = clock;
  }

  /** Runs `callback(...args)` in the next batch. What it throws goes to the exception handler. */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
    this.drive.expectOpen("callSoon");
    this.enqueue(new Callback(callback, args));
  }

  /**
   * Runs `callback(...args)` after `delayMs`, never earlier.
   *
   * @throws InvalidArgumentError when the delay is negative or no number.
   */
  callLater<A extends unknown[]>(delayMs: number, callback: (...args: A) => void, ...args: A): TimerHandle {
    expectDuration("delayMs", delayMs);
    return this.callAt(this.now() + delayMs, callback, ...args);
  }

  /** Runs `callback(...args)` when `now()` has reached `whenMs`. */
  callAt<A extends unknown[]>(whenMs: number, callback: (...args: A) => void, ...args: A): TimerHandle {
    this.drive.expectOpen("callAt");
    return this.timers.add(
      whenMs,
      args.length === 0
        ? (callback as () => void)
        : (callback as (...args: unknown[]) => void).bind(undefined, ...args),
    );
  }

  /** A pending future of this loop. */
  createFuture<T>(): Future<T> {
    this.drive.expectOpen("createFuture");
    return new Future<T>(this);
  }

  /**
   * Starts a task at the next turn: `fn(...args)`, where `fn` is a coroutine function or an async one. An async function
   * that takes one parameter more gets an `AbortSignal` there, which fires when the task is cancelled. The task belongs to
   * the `run` it was made in and is cancelled when that ends.
   */
  createTask<T>(fn: (signal: AbortSignal) => PromiseLike<T>): Task<T>;
  createTask<T, A extends unknown[]>(fn: TaskFunction<T, A>, ...args: A): Task<T>;
  createTask(fn: (...args: never[]) => unknown, ...args: unknown[]): Task<unknown> {
    this.drive.expectOpen("createTask");
    return startTask(this.home, fn as TaskFunction<unknown, unknown[]>, args);
  }

  /** @internal Where a task belongs that was put into no group: the run of the task that makes it, else the loop. */
  get home(): Scope {
    return this.current?.scope.root ?? this.scope;
  }

  /** The tasks that have not ended, those of one run or group together, oldest first. */
  tasks(): Task<unknown>[] {
    return [...this.scopes].flatMap((scope) => scope.tasks());
  }

  /**
   * Runs the loop until `stop()`; the promise then resolves. JavaScript cannot wait in the middle of a function and do I/O
   * meanwhile, so `await` it. Before its first start a loop of one's own runs by itself; from then on it runs only while a
   * start lasts: what is ready, and timers that become due, wait for the next. The process stays alive.
   *
   * @throws InvalidStateError when the loop runs already or is closed; the thread's own loop always runs.
   * @example
   * const loop = new Loop();
   * loop.callSoon(() => console.log("hello"));
   * loop.callLater(10, () => loop.stop());
   * await loop.runForever();
   */
  async runForever(): Promise<void> {
    this.#expectStartable("runForever");
    await holdWhile(this.#clock, this.start());
  }

  /**
   * Runs the loop until `work` is done, and gives its result: a coroutine function or an async one, or anything that can be
   * waited for. Other tasks stay where they are until the next start; see `runForever`.
   *
   * @throws what `work` threw; InvalidStateError as `runForever`, and when `stop()` came before the result.
   */
  async runUntilComplete<T>(work: Source<T> | TaskFunction<T>): Promise<T> {
    this.#expectStartable("runUntilComplete");
    const future = this.#inside(() =>
      typeof work === "function" ? this.createTask(work) : toFuture(this, work),
    ) as Future<T>;
    if (future.loop !== this) throw new InvalidStateError(`${future.label} belongs to another loop`);
    future.addWaiter(new Callback(() => this.stop(), []));
    await this.start();
    if (!future.done) throw new InvalidStateError(`the loop was stopped before ${future.label} was done`);
    return future.result();
  }

  /**
   * Nothing runs on this loop any more: what was ready and every timer is dropped. Closing twice does nothing.
   *
   * @throws InvalidStateError while the loop runs, for the thread's own loop, and while tasks live: `await using` ends them.
   */
  close(): void {
    if (this.drive.closed) return;
    this.#expectOwn("close");
    if (this.running || this.drive.started)
      throw new InvalidStateError("cannot close a loop that runs: stop() it first");
    if (this.tasks().length > 0)
      throw new InvalidStateError(`cannot close a loop whose tasks have not ended:\n${this.describe()}`);
    this.shut();
  }

  /** Cancels every task, waits until they have ended, ends the start that lasts, and closes the loop. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.drive.closed) return;
    this.#expectOwn("close");
    if (this.running) throw new InvalidStateError("a loop cannot be closed by what runs on it");
    const ended = this.drive.started ? Promise.resolve() : this.start();
    while (this.tasks().length > 0)
      await Promise.all([...this.scopes].map((scope) => scope.end("the loop is closed")));
    this.stop();
    await ended;
    this.close();
  }

  /** The tasks that have not ended as a tree, one a line: name, state, what each waits for; in debug mode since when, too. */
  describe(): string {
    return describeTasks(this);
  }

  /**
   * Tells `observer` of tasks, steps and callbacks from the next batch on, until what this returns is disposed of.
   *
   * @example
   * using _watching = loop.observe({ taskDone: (task) => console.log(task.name, task.state) });
   */
  observe(observer: LoopObserver): Disposable {
    this.observers = new Observers(this, [...(this.observers?.list ?? []), observer]);
    return { [Symbol.dispose]: () => this.#dismiss(observer) };
  }

  /**
   * Gives each task that is made from now on the context it is made in: what `AsyncLocalStorage` has for whoever makes it, it
   * has in every step of the task. Off until asked for: a step then costs about three times as much, and making a task some
   * microseconds. Without it a step sees the context of whoever woke the loop. Callbacks keep none. Does nothing where there is no
   * `AsyncLocalStorage`.
   *
   * @example
   * currentLoop().keepAsyncContext();
   * const request = new AsyncLocalStorage<string>();
   * await request.run("42", () => run(main)); // request.getStore() is "42" in main and the tasks it makes
   */
  keepAsyncContext(on: boolean = true): void {
    this.contexts = on ? (this.contexts ?? TaskContexts.create()) : null;
  }

  /** Turns debug mode on, with other options, or off; see `DebugOptions` for what it tells. */
  setDebug(debug: boolean | DebugOptions): void {
    this.#debug?.[Symbol.dispose]();
    this.#debug = debug === false ? null : new DebugMode(this, debug === true ? {} : debug);
  }

  /** @internal A future failed and nobody waits for it: report it unless somebody looks before it is forgotten. */
  watchFailure(future: Future<unknown>): void {
    const what = future instanceof Task ? future.label : "a future";
    this.#failures.watch(future, {
      message: `${what} failed and nobody looked at it`,
      error: future.outcome,
    });
  }

  /** @internal Somebody looked after all. */
  forgetFailure(future: Future<unknown>): void {
    this.#failures.forget(future);
  }

  /** @internal Reports every failure that nobody has looked at until now. */
  reportUnseen(): void {
    this.#failures.reportAll();
  }

  #dismiss(observer: LoopObserver): void {
    const left = (this.observers?.list ?? []).filter((other) => other !== observer);
    this.observers = left.length > 0 ? new Observers(this, left) : null;
  }

  #expectStartable(caller: string): void {
    this.#expectOwn(caller);
    this.drive.expectStartable(caller);
  }

  #expectOwn(caller: string): void {
    if (isThreadLoop(this))
      throw new InvalidStateError(
        `${caller} is for a loop of one's own; the thread's loop always runs: use run(main)`,
      );
  }

  /** What `create` makes belongs to this loop. */
  #inside<R>(create: () => R): R {
    const outer = enterLoop(this);
    try {
      return create();
    } finally {
      enterLoop(outer);
    }
  }
}

setLoopFactory(() => new Loop());
