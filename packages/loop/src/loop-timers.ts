import type { Alarm, Clock } from "./clock.ts";
import { type TimerHandle, TimerQueue } from "./timer-queue.ts";

/** The timers of a loop, on one native timer for the first deadline, which holds the process while a live one waits. */
export class LoopTimers {
  readonly #clock: Clock;
  readonly #ring: (callback: () => void) => void;
  readonly #queue = new TimerQueue(() => this.#alarm?.hold(false));
  #alarm: Alarm | null = null;
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #paused = false;

  /** `ring` gets every callback that is due. */
  constructor(clock: Clock, ring: (callback: () => void) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  add(whenMs: number, callback: () => void): TimerHandle {
    const timer = this.#queue.add(whenMs, callback);
    this.#rearm();
    return timer;
  }

  /** Nothing rings, and nothing holds the process, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#paused = false;
    this.#rearm();
  }

  #rearm(): void {
    if (this.#paused) return;
    if (this.#queue.live === 1) this.#alarm?.hold(true);
    const nextMs = this.#queue.nextMs();
    if (nextMs < this.#alarmAtMs) {
      this.#alarm?.cancel();
      this.#alarmAtMs = nextMs;
      this.#alarm = this.#clock.setAlarm(Math.max(0, nextMs - this.#clock.now()), this.#onAlarm);
    }
  }

  readonly #onAlarm = (): void => {
    this.#alarm = null;
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.now();
    for (let due = this.#queue.takeDue(nowMs); due !== null; due = this.#queue.takeDue(nowMs))
      this.#ring(due);
    this.#rearm();
  };
}
