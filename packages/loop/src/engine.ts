import type { TaskContexts } from "./async-context.ts";
import { Callback } from "./callback.ts";
import type { Clock } from "./clock.ts";
import { enterLoop } from "./current.ts";
import { Drive } from "./drive.ts";
import { FailureReport, type LoopFailure } from "./failure-report.ts";
import type { Runnable } from "./future.ts";
import type { Loop } from "./loop.ts";
import { LoopTimers } from "./loop-timers.ts";
import type { Observers } from "./observers.ts";
import { type Pulse, realPulse } from "./pulse.ts";
import { ReadyBatches, type ReadyOrder } from "./ready-batches.ts";
import { Task } from "./task.ts";
import { forgetPassed } from "./waitable.ts";

/** @internal What a loop of one's own is made of; virtual time brings its own. */
export interface LoopParts {
  /** @default first in, first out */
  readonly order?: ReadyOrder<Runnable>;
  readonly pulse?: Pulse;
}

/** How much runs before timers and sockets get their turn. */
const stepsPerTurn = 1_024;
const turnMs = 4;
/** The clock is read after every step at first, and less and less often while steps are short. */
const mostStepsPerClockRead = 64;
const shortStretchMs = 0.5;
/** An idle time from which on the host has surely had its turn. */
const pauseMs = 1;

/**
 * Runs what is ready, batch by batch; `Loop` says in which order, and is what users see of it. It neither makes tasks nor
 * knows what they do.
 */
export abstract class Engine {
  /** @internal Who wants to know what runs; `null` for nobody, which is asked for every 64 steps only. */
  observers: Observers | null = null;
  /** @internal `null` when tasks keep no context; asked for as seldom. */
  contexts: TaskContexts | null = null;
  readonly #clock: Clock;
  readonly #ready: ReadyBatches<Runnable>;
  readonly #pulse: Pulse;
  /** @internal */
  protected readonly drive: Drive = new Drive();
  /** @internal */
  protected readonly report: FailureReport = new FailureReport();
  /** @internal */
  protected readonly timers: LoopTimers;
  /** A wake-up is under way, so that a batch is asked for once; or the loop stands still, so that none is. */
  #waking = false;
  #running = false;
  /** Who is worked for outside a step; `undefined`: nobody, the step itself counts. */
  #acting: Task<unknown> | null | undefined = undefined;
  #ioInFlight = 0;
  #stepsThisTurn = 0;
  #turnStartMs = 0;
  #stepsPerClockRead = 1;
  #clockReadMs = 0;
  #idleSinceMs = 0;

  constructor(clock: Clock, { order, pulse = realPulse }: LoopParts) {
    this.#clock = clock;
    this.#ready = new ReadyBatches(order);
    this.#pulse = pulse;
    this.timers = new LoopTimers(clock, (due) => this.enqueue(new Callback(due, [])));
  }

  /** @internal The task whose step runs now. */
  get current(): Task<unknown> | null {
    if (this.#acting !== undefined) return this.#acting;
    const running = this.#running ? this.#ready.batch[this.#ready.at] : null;
    return running instanceof Task ? running : null;
  }

  /** @internal Makes `task` the current one until it is called again with what it returned. */
  actAs(task: Task<unknown> | null | undefined): Task<unknown> | null | undefined {
    const before = this.#acting;
    this.#acting = task;
    return before;
  }

  /** The loop's time in milliseconds; only differences mean something. */
  now(): number {
    return this.#clock.now();
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
    this.report.handler = handler;
  }

  /** @internal */
  enqueue(runnable: Runnable): void {
    this.#ready.push(runnable);
    if (!this.#waking) this.#wakeFromIdle();
  }

  /** @internal A batch is under way. */
  protected get running(): boolean {
    return this.#running;
  }

  /** @internal Nothing is ready and no batch is under way. */
  get idle(): boolean {
    return !this.#waking;
  }

  /** Runs until `stop`, when the promise is resolved; the caller has asked whether it can be started. */
  protected start(): Promise<void> {
    const rested = this.drive.standsStill;
    const ended = this.drive.start();
    if (rested) this.#leaveRest();
    return ended;
  }

  /** Ends the `runForever` or `runUntilComplete` that lasts, after the batch that runs; without one it does nothing. */
  stop(): void {
    this.drive.stop();
    if (this.drive.stopping && !this.#waking) this.#rest();
  }

  /** Drops what is ready; nothing will be any more. */
  protected shut(): void {
    this.drive.close();
    this.timers.pause();
    this.#ready.clear();
    this.#waking = false;
  }

  /** @internal */
  reportFailure(failure: LoopFailure): void {
    this.report.report(failure);
  }

  #leaveRest(): void {
    this.#waking = false;
    this.timers.resume();
    if (!this.#ready.empty) this.#wakeFromIdle();
  }

  /** Nothing wakes a loop that seems to be awake. */
  #rest(): void {
    this.#waking = true;
    this.timers.pause();
    this.drive.rest();
  }

  #wakeFromIdle(): void {
    this.drive.expectOpen("a callback or a task that became ready");
    this.#waking = true;
    this.#resumeTurn();
    if (this.#turnIsOver()) this.#pulse.afterTurn(this.#startTurn);
    else this.#pulse.soon(this.#runBatch);
  }

  /** After a pause the host has had its turn; without one, an async function may wake the loop again and again. */
  #resumeTurn(): void {
    const nowMs = this.now();
    if (nowMs - this.#idleSinceMs < pauseMs) return;
    this.#beginTurn(nowMs);
  }

  #beginTurn(nowMs: number): void {
    this.#stepsThisTurn = 0;
    this.#turnStartMs = nowMs;
    this.#clockReadMs = nowMs;
    this.#stepsPerClockRead = 1;
  }

  /** One batch: what was ready at its start, or what is left of the one before when that used up its turn. */
  readonly #runBatch = (): void => {
    const outer = enterLoop(this as unknown as Loop); // the only engine there is
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
      const pause = Math.min(start + this.#stepsPerClockRead, end);
      this.#stepsThisTurn += pause - start;
      if (this.observers !== null || this.contexts !== null) this.#runWatched(start, pause);
      else
        for (let at = start; at < pause; at++) {
          ready.at = at;
          this.#runOne(batch[at] as Runnable); // the batch is filled up to its end
        }
      ready.at = pause;
      if (this.#turnIsOver()) break;
    }
    if (ready.at === end) ready.finish();
  }

  /** Apart, so that nobody pays for observers and contexts that are not there. */
  #runWatched(start: number, end: number): void {
    const ready = this.#ready;
    for (let at = start; at < end; at++) {
      ready.at = at;
      const runnable = ready.batch[at] as Runnable; // the batch is filled up to its end
      const startMs = this.observers === null ? 0 : this.now();
      if (this.contexts !== null && runnable instanceof Task) this.contexts.run(runnable, this.#runOne, this);
      else this.#runOne(runnable);
      this.observers?.ran(runnable, startMs, this.now() - startMs);
    }
  }

  #runOne(runnable: Runnable): void {
    try {
      runnable.run();
    } catch (error) {
      this.reportFailure({ message: "a callback of the loop threw", error });
    }
  }

  #turnIsOver(): boolean {
    if (this.#stepsThisTurn < stepsPerTurn && this.#readClock() - this.#turnStartMs < turnMs) return false;
    this.#stepsThisTurn = stepsPerTurn;
    return true;
  }

  #readClock(): number {
    const nowMs = this.now();
    const short = nowMs - this.#clockReadMs < shortStretchMs;
    this.#stepsPerClockRead = short ? Math.min(this.#stepsPerClockRead * 2, mostStepsPerClockRead) : 1;
    this.#clockReadMs = nowMs;
    return nowMs;
  }

  #goOn(): void {
    if (this.drive.stopping) {
      this.#rest();
    } else if (this.#ready.empty) {
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
    this.#beginTurn(this.now());
    this.#runBatch();
  };
}
