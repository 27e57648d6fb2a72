import { type Alarm, type Clock, realClock } from "./clock.ts";
import { enterLoop, setLoopFactory } from "./current.ts";
import { expectDuration } from "./errors.ts";
import { FailureWatch } from "./failure-watch.ts";
import { Future, type Runnable } from "./future.ts";
import { type Pulse, realPulse } from "./pulse.ts";
import { ReadyBatches, type ReadyOrder } from "./ready-batches.ts";
import { Scope } from "./scope.ts";
import { startTask, type TaskFunction } from "./start.ts";
import { Task } from "./task.ts";
import { type TimerHandle, TimerQueue } from "./timer-queue.ts";
import { forgetPassed } from "./waitable.ts";

/** What the loop tells its exception handler about an error that nobody else can catch. */
export interface LoopFailure {
  /** What happened, as a sentence. */
  readonly message: string;
  /** What was thrown. */
  readonly error: unknown;
}

/** @internal What a loop of one's own is made of; virtual time brings its own. */
export interface LoopParts {
  /** @default first in, first out */
  readonly order?: ReadyOrder<Runnable>;
  readonly pulse?: Pulse;
}

/** How much runs before timers and sockets get their turn. */
const stepsPerTurn = 1_024;
const turnMs = 4;
const stepsPerClockRead = 64;
/** An idle time from which on the host has surely had its turn. */
const pauseMs = 1;

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
export class Loop {
  /** @internal Every run and group that is open, and the loop's own scope, so that all tasks can be found. */
  readonly scopes: Set<Scope> = new Set();
  /** @internal Tasks that belong to no run and no group. */
  readonly scope: Scope = new Scope(this);
  readonly #clock: Clock;
  readonly #ready: ReadyBatches<Runnable>;
  readonly #pulse: Pulse;
  readonly #timers = new TimerQueue(() => this.#alarm?.hold(false));
  readonly #failures = new FailureWatch((failure) => this.reportFailure(failure));
  #onFailure: ((failure: LoopFailure) => void) | null = null;
  /** A wake-up is under way, so that a batch is asked for once. */
  #waking = false;
  #running = false;
  #ioInFlight = 0;
  #stepsThisTurn = 0;
  #turnStartMs = 0;
  #idleSinceMs = 0;
  #alarm: Alarm | null = null;
  #alarmAtMs = Number.POSITIVE_INFINITY;

  /** A loop on this clock; the default is the machine's. */
  constructor(clock: Clock = realClock, { order, pulse = realPulse }: LoopParts = {}) {
    this.#clock = clock;
    this.#ready = new ReadyBatches(order);
    this.#pulse = pulse;
  }

  /** @internal The task whose step runs now. */
  get current(): Task<unknown> | null {
    const running = this.#running ? this.#ready.batch[this.#ready.at] : null;
    return running instanceof Task ? running : null;
  }

  /** The loop's time in milliseconds; only differences mean something. */
  now(): number {
    return this.#clock.now();
  }

  /** Runs `callback(...args)` in the next batch. What it throws goes to the exception handler. */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
    this.enqueue({ run: () => callback(...args) });
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
    const timer = this.#timers.add(
      whenMs,
      args.length === 0 ? (callback as () => void) : () => callback(...args),
    );
    this.#rearm();
    return timer;
  }

  /** A pending future of this loop. */
  createFuture<T>(): Future<T> {
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

  /** How many `beginIo` calls have not been followed by `endIo`. */
  get ioInFlight(): number {
    return this.#ioInFlight;
  }

  /**
   * Says that something outside the loop (a socket, a file, a thread) is under way that will wake a task. Virtual time
   * stands still until `endIo` has been called as often; on the real clock both do nothing.
   */
  beginIo(): void {
    this.#ioInFlight++;
  }

  /** What `beginIo` announced has ended. */
  endIo(): void {
    this.#ioInFlight--;
    if (this.#ioInFlight === 0 && !this.#waking) this.#pulse.idle();
  }

  /** Gives errors that nobody can catch to `handler` instead of printing them; `null` prints them again. */
  setExceptionHandler(handler: ((failure: LoopFailure) => void) | null): void {
    this.#onFailure = handler;
  }

  /** @internal */
  enqueue(runnable: Runnable): void {
    this.#ready.push(runnable);
    if (!this.#waking) this.#wakeFromIdle();
  }

  /** @internal A future failed and nobody waits for it: report it unless somebody looks before it is forgotten. */
  watchFailure(future: Future<unknown>): void {
    this.#failures.watch(future);
  }

  /** @internal Somebody looked after all. */
  forgetFailure(future: Future<unknown>): void {
    this.#failures.forget(future);
  }

  /** @internal Nothing is ready and no batch is under way. */
  get idle(): boolean {
    return !this.#waking;
  }

  /** @internal Reports every failure that nobody has looked at until now. */
  reportUnseen(): void {
    this.#failures.reportAll();
  }

  /** @internal */
  reportFailure(failure: LoopFailure): void {
    if (this.#onFailure === null) return printFailure(failure);
    try {
      this.#onFailure(failure);
    } catch (error) {
      printFailure(failure);
      printFailure({ message: "the exception handler itself threw", error });
    }
  }

  #wakeFromIdle(): void {
    this.#waking = true;
    this.#resumeTurn();
    if (this.#turnIsOver()) this.#pulse.afterTurn(this.#startTurn);
    else this.#pulse.soon(this.#runBatch);
  }

  /** After a pause the host has had its turn; without one, an async function may wake the loop again and again. */
  #resumeTurn(): void {
    const nowMs = this.now();
    if (nowMs - this.#idleSinceMs < pauseMs) return;
    this.#stepsThisTurn = 0;
    this.#turnStartMs = nowMs;
  }

  /** One batch: what was ready at its start, or what is left of the one before when that used up its turn. */
  readonly #runBatch = (): void => {
    const outer = enterLoop(this);
    this.#ready.begin();
    this.#running = true;
    this.#runReady();
    this.#running = false;
    forgetPassed();
    enterLoop(outer);
    this.#goOn();
  };

  /** Looks at the clock now and then; what the turn has no time for stays in the batch. */
  #runReady(): void {
    const ready = this.#ready;
    const { batch, end } = ready;
    for (let start = ready.at; start < end; start = ready.at) {
      const pause = Math.min(start + stepsPerClockRead, end);
      this.#stepsThisTurn += pause - start;
      for (let at = start; at < pause; at++) {
        ready.at = at;
        this.#runOne(batch[at] as Runnable); // the batch is filled up to its end
      }
      ready.at = pause;
      if (this.#turnIsOver()) break;
    }
    if (ready.at === end) ready.finish();
  }

  #runOne(runnable: Runnable): void {
    try {
      runnable.run();
    } catch (error) {
      this.reportFailure({ message: "a callback of the loop threw", error });
    }
  }

  #turnIsOver(): boolean {
    if (this.#stepsThisTurn < stepsPerTurn && this.now() - this.#turnStartMs < turnMs) return false;
    this.#stepsThisTurn = stepsPerTurn;
    return true;
  }

  #goOn(): void {
    if (this.#ready.empty) {
      this.#waking = false;
      this.#idleSinceMs = this.now();
      this.#pulse.idle();
    } else if (this.#stepsThisTurn >= stepsPerTurn) {
      this.#pulse.afterTurn(this.#startTurn);
    } else {
      this.#pulse.soon(this.#runBatch);
    }
  }

  readonly #startTurn = (): void => {
    this.#stepsThisTurn = 0;
    this.#turnStartMs = this.now();
    this.#runBatch();
  };

  /** Keeps one native timer, for the first deadline, that holds the process while a live timer waits. */
  #rearm(): void {
    if (this.#timers.live === 1) this.#alarm?.hold(true);
    const nextMs = this.#timers.nextMs();
    if (nextMs < this.#alarmAtMs) {
      this.#alarm?.cancel();
      this.#alarmAtMs = nextMs;
      this.#alarm = this.#clock.setAlarm(Math.max(0, nextMs - this.now()), this.#onAlarm);
    }
  }

  readonly #onAlarm = (): void => {
    this.#alarm = null;
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.now();
    for (let due = this.#timers.takeDue(nowMs); due !== null; due = this.#timers.takeDue(nowMs)) {
      this.enqueue({ run: due });
    }
    this.#rearm();
  };
}

function printFailure({ message, error }: LoopFailure): void {
  // biome-ignore lint/suspicious/noConsole: the last resort when no handler is set
  console.error(`overlap: ${message}:`, error);
}

setLoopFactory(() => new Loop());
