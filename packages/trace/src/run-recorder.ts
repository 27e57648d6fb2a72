import { performance } from "node:perf_hooks";
import { type CoreWait, readCoreWait } from "./core-wait.ts";
import { FlightMeter } from "./flight-meter.ts";
import { GcMeter } from "./gc-meter.ts";
import type { RunTimes } from "./run-times.ts";
import type { SpanKind } from "./span.ts";
import { Trace, type TraceOptions } from "./trace.ts";

/**
 * Records one run: a {@link Trace} of what happened, and what the run took of its thread and process. Takes spans as a
 * `Trace` does, so it can be given wherever a trace is asked for.
 *
 * It measures the thread that it is made on, from its making to {@link RunRecorder.stop}; one run at a time, or each counts the
 * others' time as its own. It watches garbage collection until it is stopped, and holds nothing else open.
 *
 * @example
 * ```ts
 * const recorder = new RunRecorder();
 * recorder.flight(1);
 * await fetch(url);
 * recorder.flight(-1);
 * const { wallMs, mainCpuMs, flights } = recorder.stop();
 * ```
 */
export class RunRecorder {
  readonly trace: Trace;
  readonly #startMs: number;
  readonly #cpu: NodeJS.CpuUsage = process.cpuUsage();
  readonly #threadCpu: NodeJS.CpuUsage = process.threadCpuUsage();
  readonly #coreWait: CoreWait | undefined = readCoreWait();
  readonly #loop = performance.eventLoopUtilization();
  readonly #flights: FlightMeter;
  readonly #gc = new GcMeter();
  #times: RunTimes | undefined;

  constructor(options: TraceOptions = {}) {
    this.trace = new Trace(options);
    const idleBeforeMs = this.#loop.idle;
    this.#flights = new FlightMeter(
      this.trace.now,
      () => performance.eventLoopUtilization().idle - idleBeforeMs,
    );
    this.#startMs = this.trace.now();
  }

  /** The trace's clock, in milliseconds. */
  now(): number {
    return this.trace.now();
  }

  /** Records a span; see {@link Trace.span}. */
  span(lane: string, kind: SpanKind, label: string, startMs: number, endMs: number, ok = true): void {
    this.trace.span(lane, kind, label, startMs, endMs, ok);
  }

  /** Records a value of a counter; see {@link Trace.count}. */
  count(counter: string, value: number, atMs: number = this.now(), reason = ""): void {
    this.trace.count(counter, value, atMs, reason);
  }

  /** One more (1) or one less (-1) of what the run waits for: a request, a save, a thread's answer. */
  flight(change: 1 | -1): void {
    if (change === 1) this.#flights.start();
    else this.#flights.end();
  }

  /** Ends the run and says what it took; a second call gives the same again. */
  stop(): RunTimes {
    this.#times ??= this.#measure();
    return this.#times;
  }

  #measure(): RunTimes {
    const { active, idle } = performance.eventLoopUtilization(this.#loop);
    return {
      startMs: this.#startMs,
      wallMs: this.trace.now() - this.#startMs,
      activeMs: active,
      idleMs: idle,
      mainCpuMs: totalMs(process.threadCpuUsage(this.#threadCpu)),
      processCpuMs: totalMs(process.cpuUsage(this.#cpu)),
      gcMs: this.#gc.stop(),
      ...this.#measureCoreWait(),
      flights: this.#flights.read(),
    };
  }

  #measureCoreWait(): Pick<RunTimes, "coreWaitMs" | "othersCoreWaitMs"> {
    const [before, after] = [this.#coreWait, readCoreWait()];
    if (before === undefined || after === undefined) return {};
    const { ownMs, othersMs } = after;
    // Threads that have ended took their time with them.
    return { coreWaitMs: ownMs - before.ownMs, othersCoreWaitMs: Math.max(0, othersMs - before.othersMs) };
  }
}

function totalMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
