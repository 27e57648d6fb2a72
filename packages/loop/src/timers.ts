import type { Alarm, Clock } from "./clock.ts";
import { type TimerHandle, TimerQueue } from "./timer-queue.ts";

/**
 * The timers of a loop on one native timer, which stands for the first deadline and holds the process while a live timer
 * waits.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #onDue: (callback: () => void) => void;
  readonly #queue = new TimerQueue(() => this.#alarm?.hold(false));
  #alarm: Alarm | null = null;
  #alarmAtMs = Number.POSITIVE_INFINITY;

  /** `onDue` is called with each callback that is due, ties in the order they were set. */
  constructor(clock: Clock, onDue: (callback: () => void) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  add(whenMs: number, callback: () => void): TimerHandle {
    const timer = this.#queue.add(whenMs, callback);
    this.#rearm();
    return timer;
  }

  #rearm(): void {
    if (this.#queue.live === 1) this.#alarm?.hold(true);
    const nextMs = this.#queue.nextMs();
    if (nextMs >= this.#alarmAtMs) return;
    this.#alarm?.cancel();
    this.#alarmAtMs = nextMs;
    this.#alarm = this.#clock.setAlarm(Math.max(0, nextMs - this.#clock.now()), this.#onAlarm);
  }

  readonly #onAlarm = (): void => {
    this.#alarm = null;
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.now();
    for (let due = this.#queue.takeDue(nowMs); due !== null; due = this.#queue.takeDue(nowMs))
      this.#onDue(due);
    this.#rearm();
  };
}
