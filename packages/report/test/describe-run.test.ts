import { breakDown, describeRun, type RecordedRun, type RunRecord, toRunRecord } from "@overlap/report";
import { type RunTimes, Trace } from "@overlap/trace";
import { describe, expect, test } from "vitest";

const TIMES: RunTimes = {
  startMs: 1_000,
  wallMs: 1_000,
  activeMs: 400,
  idleMs: 600,
  mainCpuMs: 300,
  processCpuMs: 500,
  gcMs: 0,
  flights: { started: 10, ended: 10, peak: 2, meanInFlight: 1.5, idleInFlightMs: 450 },
};

/** A run of `requests` spans of `lengthMs` each, `atOnce` at a time, and what was counted of them. */
function runOf(
  requests: number,
  atOnce: number,
  lengthMs = 100,
  changes: Partial<RunRecord> = {},
): RecordedRun {
  const trace = new Trace();
  for (let i = 0; i < requests; i++) {
    const startMs = 1_000 + (i * lengthMs) / atOnce;
    trace.span("fetch", "io", `/${i}`, startMs, startMs + lengthMs);
  }
  const wallMs = (requests * lengthMs) / atOnce + lengthMs;
  const meanInFlight = (requests * lengthMs) / wallMs;
  const flights = {
    started: requests,
    ended: requests,
    peak: atOnce,
    meanInFlight,
    idleInFlightMs: wallMs * 0.9,
  };
  const times = {
    ...TIMES,
    wallMs,
    activeMs: wallMs * 0.1,
    idleMs: wallMs * 0.9,
    mainCpuMs: wallMs * 0.1,
    processCpuMs: wallMs * 0.1,
    flights,
  };
  return { record: { name: "fetch", times, items: requests, limit: atOnce, cores: 2, ...changes }, trace };
}

describe("the breakdown", () => {
  test("adds up to the wall time, with what others compute beside it", () => {
    expect(breakDown({ ...TIMES, coreWaitMs: 60 })).toEqual({
      javascriptMs: 300,
      crowdedOutMs: 60,
      blockedMs: 40,
      waitingMs: 450,
      nothingMs: 150,
      otherCpuMs: 200,
    });
  });

  test("calls all that was active without CPU blocked, where the system does not tell of waiting for a core", () => {
    expect(breakDown(TIMES)).toMatchObject({ crowdedOutMs: 0, blockedMs: 100 });
  });

  test("adds up also where clocks disagree by a little", () => {
    const parts = breakDown({ ...TIMES, activeMs: 1_000.4, mainCpuMs: 1_003, coreWaitMs: 70 });
    const { otherCpuMs, ...ofWall } = parts;
    expect(Object.values(ofWall).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(1_000, 10);
    for (const ms of Object.values(parts)) expect(ms).toBeGreaterThanOrEqual(0);
    expect(otherCpuMs).toBe(0);
  });

  test("takes the spans where nobody counted what was in flight", () => {
    const uncounted = {
      ...TIMES,
      flights: { started: 0, ended: 0, peak: 0, meanInFlight: 0, idleInFlightMs: 0 },
    };
    const spans = [
      { startMs: 0, endMs: 100 },
      { startMs: 50, endMs: 200 },
      { startMs: 400, endMs: 500 },
    ];
    expect(breakDown(uncounted, spans)).toMatchObject({ waitingMs: 300, nothingMs: 300 });
    expect(breakDown(uncounted)).toMatchObject({ waitingMs: 0, nothingMs: 600 });
  });
});

describe("a recorded run", () => {
  test("has its answers, its rate, and instruments that agree", () => {
    const { answers, little, itemsPerSecond, meanInFlight } = describeRun(runOf(1_000, 50));
    expect(answers?.p50Ms).toBeCloseTo(100, 6);
    expect(little?.holds).toBe(true);
    expect(itemsPerSecond).toBeCloseTo(1_000 / 2.1, 6);
    expect(meanInFlight).toBeCloseTo(47.6, 1);
  });

  test("below its limit should go faster with a higher one", () => {
    expect(describeRun(runOf(1_000, 50)).diagnosis).toMatchObject({
      rule: "io-bound",
      headline: expect.stringContaining("raise concurrency from 50") as string,
    });
  });

  test("whose spans are only a sample is judged by what they stand for", () => {
    const { record, trace: all } = runOf(1_000, 50);
    const trace = new Trace({ limit: 100, random: () => 0.5 });
    for (const { lane, kind, label, startMs, endMs } of all.spans())
      trace.span(lane, kind, label, startMs, endMs);
    expect(describeRun({ record, trace }).little?.mismatch).toBeLessThan(0.05);
  });

  test("is not judged when what was counted and what was recorded disagree", () => {
    const { record, trace } = runOf(1_000, 50);
    const flights = { ...record.times.flights, meanInFlight: 40 };
    const wrong = { ...record, times: { ...record.times, flights } };
    expect(describeRun({ record: wrong, trace }).diagnosis).toMatchObject({
      rule: "not-conclusive",
      headline: expect.stringContaining("the instruments disagree by 19 %") as string,
    });
  });

  test("against a server with a queue is server-bound, by what the first answers took", () => {
    // 20 at once in service, 60 in flight: the first twenty take 50 ms, each later one three times that.
    const trace = new Trace();
    for (let i = 0; i < 600; i++) {
      const endMs = 1_000 + Math.floor(i / 20 + 1) * 50;
      trace.span("fetch", "io", "", Math.max(1_000, endMs - 150), endMs);
    }
    const { record } = runOf(600, 60, 150, { limit: 60 });
    const flights = { ...record.times.flights, meanInFlight: (600 * 147.5) / record.times.wallMs };
    const { diagnosis } = describeRun({ record: { ...record, times: { ...record.times, flights } }, trace });
    expect(diagnosis).toMatchObject({
      rule: "server-bound",
      headline: expect.stringMatching(
        /instead of 50\.0 ms; more than about \d+ at once only queue/,
      ) as string,
    });
  });

  test("in waves is stop-and-go, and says what a sliding window would save", () => {
    const trace = new Trace();
    let nowMs = 1_000;
    for (let wave = 0; wave < 8; wave++) {
      // Long and short ones take turns, as chance has it.
      for (let i = 0; i < 40; i++) {
        trace.span("fetch", "io", "", nowMs + i * 0.01, nowMs + 20 + (((i * 17) % 40) / 39) * 150);
      }
      nowMs += 170;
    }
    const { record } = runOf(320, 40, 95, { limit: 40 });
    const times = { ...record.times, wallMs: nowMs - 1_000, activeMs: 50, mainCpuMs: 50, processCpuMs: 50 };
    const flights = {
      ...times.flights,
      meanInFlight: (320 * 95) / times.wallMs,
      idleInFlightMs: times.wallMs - 50,
    };
    expect(
      describeRun({ record: { ...record, times: { ...times, flights } }, trace }).diagnosis,
    ).toMatchObject({
      rule: "stop-and-go",
      headline: expect.stringMatching(/^Stop-and-go: 8 waves .* should save about \d+ ms\.$/) as string,
    });
  });

  test("whose main thread only makes requests, and is full, is limited by the client", () => {
    const { record, trace } = runOf(1_000, 50);
    const { wallMs } = record.times;
    const times = {
      ...record.times,
      activeMs: wallMs * 0.96,
      mainCpuMs: wallMs * 0.5,
      processCpuMs: wallMs * 0.55,
      coreWaitMs: wallMs * 0.45,
    };
    expect(describeRun({ record: { ...record, times }, trace }).diagnosis.rule).toBe("client-bound");
  });

  test("whose main thread is full of the items' own computing is CPU-bound", () => {
    const { record, trace } = runOf(1_000, 50);
    const { wallMs } = record.times;
    trace.span("hash", "cpu", "all", 1_000, 1_000 + wallMs * 0.9);
    const times = {
      ...record.times,
      activeMs: wallMs * 0.95,
      mainCpuMs: wallMs * 0.95,
      processCpuMs: wallMs,
    };
    expect(describeRun({ record: { ...record, times }, trace }).diagnosis.rule).toBe("cpu-bound");
  });

  test("on a machine that others keep busy is judged by the time in which it could do something", () => {
    const { record, trace } = runOf(1_000, 50);
    const { wallMs } = record.times;
    const crowded = (share: number) => {
      const activeMs = wallMs * (share + 0.1);
      const flights = { ...record.times.flights, idleInFlightMs: wallMs - activeMs };
      const times = {
        ...record.times,
        activeMs,
        idleMs: wallMs - activeMs,
        coreWaitMs: wallMs * share,
        flights,
      };
      return describeRun({ record: { ...record, times }, trace });
    };
    expect(crowded(0.45).diagnosis.rule).toBe("io-bound");
    expect(crowded(0.7).diagnosis).toMatchObject({
      rule: "not-conclusive",
      headline:
        "Not conclusive: other programs had the cores for 70 % of the time; run it on a machine with less to do.",
    });
  });

  test("whose helping threads waited for cores was not blocked by a call", () => {
    const { record, trace } = runOf(1_000, 50);
    const { wallMs } = record.times;
    const times = {
      ...record.times,
      activeMs: wallMs * 0.4,
      coreWaitMs: wallMs * 0.05,
      othersCoreWaitMs: wallMs * 0.9,
      gcMs: wallMs * 0.25,
    };
    const { breakdown } = describeRun({ record: { ...record, times }, trace });
    expect(breakdown.blockedMs).toBeCloseTo(0, 6);
    expect(breakdown.crowdedOutMs).toBeCloseTo(wallMs * 0.3, 6);
  });

  test("to which no item came says so", () => {
    expect(describeRun(runOf(0, 50)).diagnosis).toMatchObject({
      rule: "not-conclusive",
      headline: expect.stringContaining("0 items") as string,
    });
  });
});

describe("a record that was stored", () => {
  const { record } = runOf(10, 2, 100, {
    description: "one by one",
    context: { seed: 1, node: "24" },
    delayMs: 100,
  });

  test("is read back as it was", () => {
    expect(toRunRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  test.each([
    ["nothing", undefined],
    ["a text", "crawl"],
    ["no name", { ...record, name: 7 }],
    ["no items", { ...record, items: "10" }],
    ["a time below 0", { ...record, times: { ...record.times, wallMs: -1 } }],
    ["no flights", { ...record, times: { ...record.times, flights: null } }],
  ])("is refused with %s", (_, about) => {
    expect(toRunRecord(about)).toBeUndefined();
  });

  test("loses what does not belong to it", () => {
    const hostile = { ...record, extra: "<script>", context: { seed: 1, evil: { nested: true } } };
    expect(toRunRecord(hostile)).toEqual({ ...record, context: { seed: 1 } });
  });
});
