import { setTimeout as delay } from "node:timers/promises";
import { RunRecorder } from "@overlap/trace";
import { describe, expect, test } from "vitest";

/** A clock that is set by hand. */
function handClock(): { now: () => number; advance: (ms: number) => void } {
  let timeMs = 1_000;
  return {
    now: () => timeMs,
    advance: (ms) => {
      timeMs += ms;
    },
  };
}

describe("a recorder", () => {
  test("counts what is in flight, at its peak and on average over the wall time", () => {
    const { now, advance } = handClock();
    const recorder = new RunRecorder({ now });
    recorder.flight(1);
    advance(10);
    recorder.flight(1);
    advance(20);
    recorder.flight(-1);
    recorder.flight(-1);
    advance(20);
    const { startMs, wallMs, flights } = recorder.stop();
    expect({ startMs, wallMs }).toEqual({ startMs: 1_000, wallMs: 50 });
    expect(flights).toMatchObject({ started: 2, ended: 2, peak: 2, meanInFlight: (1 * 10 + 2 * 20) / 50 });
  });

  test("counts what is still in flight up to its end, and nothing that began before it", () => {
    const { now, advance } = handClock();
    const recorder = new RunRecorder({ now });
    recorder.flight(-1);
    recorder.flight(1);
    advance(10);
    expect(recorder.stop().flights).toMatchObject({ started: 1, ended: 0, meanInFlight: 1 });
  });

  test("keeps its first figures when it is stopped again", () => {
    const { now, advance } = handClock();
    const recorder = new RunRecorder({ now });
    advance(10);
    const first = recorder.stop();
    advance(10);
    expect(recorder.stop()).toBe(first);
  });

  test("tells waiting for something in flight from waiting for nothing", async () => {
    const recorder = new RunRecorder();
    recorder.flight(1);
    await delay(60);
    recorder.flight(-1);
    await delay(60);
    const { idleMs, activeMs, wallMs, flights } = recorder.stop();
    expect(flights.idleInFlightMs).toBeGreaterThan(20);
    expect(idleMs - flights.idleInFlightMs).toBeGreaterThan(20);
    expect(activeMs + idleMs).toBeCloseTo(wallMs, -1);
  });

  test("adds up the waiting of one flight after the other", async () => {
    const recorder = new RunRecorder();
    for (let i = 0; i < 3; i++) {
      recorder.flight(1);
      await delay(40);
      recorder.flight(-1);
    }
    const { idleMs, flights } = recorder.stop();
    expect(flights).toMatchObject({ started: 3, ended: 3 });
    expect(idleMs - flights.idleInFlightMs).toBeLessThan(20);
    expect(flights.idleInFlightMs).toBeGreaterThan(60);
  });

  test("knows the CPU of its thread from that of the process", () => {
    const recorder = new RunRecorder();
    const untilMs = performance.now() + 30;
    while (performance.now() < untilMs);
    const { mainCpuMs, processCpuMs } = recorder.stop();
    expect(mainCpuMs).toBeGreaterThan(0);
    // The two clocks are read one after the other.
    expect(processCpuMs).toBeGreaterThan(mainCpuMs * 0.9);
  });

  test("takes spans and counters as a trace does", () => {
    const { now } = handClock();
    const recorder = new RunRecorder({ now });
    recorder.span("fetch", "io", "/1", recorder.now(), recorder.now() + 5, false);
    recorder.count("limit", 40, recorder.now(), "answers got slower");
    expect([...recorder.trace.spans()]).toMatchObject([{ lane: "fetch", label: "/1", ok: false }]);
    expect([...recorder.trace.counters()]).toMatchObject([
      { counter: "limit", reason: "answers got slower" },
    ]);
  });
});
