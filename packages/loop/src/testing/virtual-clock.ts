import type { Alarm, Clock } from "../clock.ts";
import { expectDuration } from "../errors.ts";

/**
 * A clock that stands still until it is told to move. `runVirtual` moves it whenever nobody has anything to do; with a
 * `Loop` of one's own, `advance` and `jump` move it by hand.
 *
 * @example
 * const clock = new VirtualClock();
 * const loop = new Loop(clock);
 * loop.callLater(1_000, () => console.log("a second later"));
 * clock.advance(1_000);
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #alarms = new Set<VirtualAlarm>();

  /** A clock that shows `startMs`. */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setAlarm(delayMs: number, wake: () => void): Alarm {
    const alarm = new VirtualAlarm(this.#nowMs + delayMs, wake, (gone) => this.#alarms.delete(gone));
    this.#alarms.add(alarm);
    return alarm;
  }

  /** When the next alarm is due that somebody still waits for, or `Infinity`. */
  get nextMs(): number {
    return this.#next()?.whenMs ?? Number.POSITIVE_INFINITY;
  }

  /** Moves to the next alarm and sounds it. False, and no move, when there is none. */
  jump(): boolean {
    const alarm = this.#next();
    if (alarm === undefined) return false;
    this.#sound(alarm);
    return true;
  }

  /**
   * Moves by `byMs` and sounds the alarms on the way, each at its time.
   *
   * @throws InvalidArgumentError when `byMs` is negative or no number.
   */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + expectDuration("byMs", byMs);
    for (let alarm = this.#next(); alarm !== undefined && alarm.whenMs <= untilMs; alarm = this.#next()) {
      this.#sound(alarm);
    }
    this.#nowMs = untilMs;
  }

  /** The earliest that is held; of several, the one that was set first. */
  #next(): VirtualAlarm | undefined {
    let next: VirtualAlarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.held && (next === undefined || alarm.whenMs < next.whenMs)) next = alarm;
    }
    return next;
  }

  #sound(alarm: VirtualAlarm): void {
    this.#alarms.delete(alarm);
    this.#nowMs = Math.max(this.#nowMs, alarm.whenMs);
    alarm.wake();
  }
}

class VirtualAlarm implements Alarm {
  readonly whenMs: number;
  readonly wake: () => void;
  readonly #remove: (alarm: VirtualAlarm) => void;
  /** On a real clock the process would stay alive for it. */
  held = true;

  constructor(whenMs: number, wake: () => void, remove: (alarm: VirtualAlarm) => void) {
    this.whenMs = whenMs;
    this.wake = wake;
    this.#remove = remove;
  }

  cancel(): void {
    this.#remove(this);
  }

  hold(on: boolean): void {
    this.held = on;
  }
}
