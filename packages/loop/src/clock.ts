/** Where a loop gets its time from. The real clock is the default; tests bring a virtual one. */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean something. */
  now(): number;
  /** Calls `wake` once after `delayMs`. The process stays alive for it while `hold(true)` was the last word. */
  setAlarm(delayMs: number, wake: () => void): Alarm;
  /** Keeps the process alive until the function that it returns is called. A clock without it holds nothing. */
  hold?(): () => void;
}

/** One pending call of a clock. */
export interface Alarm {
  /** `wake` will not be called. */
  cancel(): void;
  /** Whether the pending call keeps the process alive. */
  hold(on: boolean): void;
}

/** Native timers count in a signed 32-bit number of milliseconds; a longer wait is cut, and armed again when it wakes. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's monotonic clock and native timers. */
export const realClock: Clock = {
  now: () => performance.now(),
  setAlarm(delayMs, wake) {
    const timer = setTimeout(wake, Math.min(Math.ceil(delayMs), longestDelayMs));
    return { cancel: () => clearTimeout(timer), hold: (on) => holdProcess(timer, on) };
  },
  hold() {
    const timer = setInterval(() => {}, longestDelayMs);
    return () => clearInterval(timer);
  },
};

/** In a browser a timer is a number and holds nothing. */
function holdProcess(timer: unknown, on: boolean): void {
  if (typeof timer !== "object" || timer === null) return;
  const native = timer as { ref(): void; unref(): void };
  if (on) native.ref();
  else native.unref();
}
