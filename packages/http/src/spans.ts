import { currentLoop } from "@overlap/loop";
import type { TraceSink } from "./trace-sink.ts";

/** The moments of an attempt, on the loop's clock; below 0 for what did not happen. */
export interface AttemptTimes {
  readonly startedAtMs: number;
  readonly sentAtMs: number;
  readonly firstByteAtMs: number;
  /** It went over a connection that was open: what it waited for before it was sent was the loop. */
  readonly reused: boolean;
}

/** Shorter parts would cost a span each and show nothing. */
const shortestMs = 1;

/** Writes the spans of requests; the parts of one follow each other without overlap, so their lengths add up to its own. */
export class Spans {
  readonly #trace: TraceSink;
  /** From the loop's clock to that of the trace. */
  readonly #shiftMs: number;

  constructor(trace: TraceSink) {
    this.#trace = trace;
    this.#shiftMs = trace.now() - currentLoop().now();
  }

  /** Somebody waited for a slot, and got it or not. */
  queue(url: string, fromMs: number, toMs: number, ok: boolean): void {
    if (toMs - fromMs < shortestMs) return;
    this.#trace.span("http queue", "queue", url, fromMs + this.#shiftMs, toMs + this.#shiftMs, ok);
  }

  /** An attempt begins. */
  begin(): void {
    this.#trace.flight?.(1);
  }

  /** An attempt has ended. Where it failed before it was sent, all of it was connecting. */
  attempt(url: string, times: AttemptTimes, endMs: number, ok: boolean): void {
    this.#trace.flight?.(-1);
    const { startedAtMs, sentAtMs, firstByteAtMs, reused } = times;
    if (sentAtMs < 0) return this.#part("http connect", url, startedAtMs, endMs, ok);
    const connected = !reused && sentAtMs - startedAtMs >= shortestMs;
    const body = firstByteAtMs >= 0 && endMs - firstByteAtMs >= shortestMs;
    if (connected) this.#part("http connect", url, startedAtMs, sentAtMs, true);
    this.#part(
      "http request",
      url,
      connected ? sentAtMs : startedAtMs,
      body ? firstByteAtMs : endMs,
      body || ok,
    );
    if (body) this.#part("http body", url, firstByteAtMs, endMs, ok);
  }

  #part(lane: string, url: string, fromMs: number, toMs: number, ok: boolean): void {
    this.#trace.span(lane, "io", url, fromMs + this.#shiftMs, toMs + this.#shiftMs, ok);
  }
}
