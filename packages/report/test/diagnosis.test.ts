import { type DiagnosisRule, diagnose, type RunFigures } from "@overlap/report";
import { describe, expect, test } from "vitest";

/** `lab hash` at difficulty 8 on two cores: 15.6 ms of bcrypt an item, answers after 100 ms. */
const HASH = { items: 120, cores: 2, delayMs: 100, limit: 100, boundMs: 1_036 };
/** `lab crawl`: 1,000 requests of 100 ms, at most 100 at once. */
const CRAWL = { items: 1_000, cores: 2, delayMs: 100, limit: 100, boundMs: 1_000 };

const serial: RunFigures = {
  ...HASH,
  limit: 1,
  wallMs: 13_900,
  mainCpuMs: 1_870,
  processCpuMs: 1_900,
  meanInFlight: 0.87,
};
const async: RunFigures = {
  ...HASH,
  wallMs: 2_010,
  mainCpuMs: 1_900,
  processCpuMs: 1_950,
  meanInFlight: 6.2,
};
const overlap: RunFigures = {
  ...HASH,
  wallMs: 1_070,
  mainCpuMs: 90,
  processCpuMs: 1_960,
  meanInFlight: 11.6,
  threads: 2,
};
const crawl: RunFigures = { ...CRAWL, wallMs: 1_060, mainCpuMs: 180, processCpuMs: 230, meanInFlight: 95.8 };

function expectRule(run: RunFigures, rule: DiagnosisRule, headline: RegExp): void {
  expect(diagnose(run)).toMatchObject({ rule, headline: expect.stringMatching(headline) as string });
}

describe("lab hash", () => {
  test("serial: waits most of the time, and the prediction is what overlapping can reach", () => {
    expectRule(
      serial,
      "io-bound",
      /^I\/O-bound: 87 % .* from 1 to about 8, and it should take 1\.97 s instead of 13\.9 s\.$/,
    );
  });

  test("async: one core computes all the time, so threads would help and concurrency would not", () => {
    expectRule(
      async,
      "cpu-bound",
      /^CPU-bound on one core: more concurrency won't help; threads on both cores should take about 1\.05 s instead of 2\.01 s\.$/,
    );
  });

  test("no-io: the same, without any I/O", () => {
    const run = {
      ...HASH,
      limit: 0,
      wallMs: 1_880,
      mainCpuMs: 1_860,
      processCpuMs: 1_870,
      meanInFlight: 0,
      boundMs: 936,
    };
    expectRule(run, "cpu-bound", /threads on both cores should take about 930 ms instead of 1\.88 s/);
  });

  test("overlap: both cores are full, at so many times the bound", () => {
    expectRule(
      overlap,
      "cores-full",
      /^CPU-bound on both cores: at 1\.03 × the bound, only more cores or cheaper work per item will help\.$/,
    );
  });

  test("overlap on a machine whose cores others use too: near its bound it is still the cores", () => {
    expectRule({ ...overlap, wallMs: 1_290 }, "cores-full", /at 1\.25 × the bound/);
  });

  test("serial at a high difficulty: computing and waiting take turns", () => {
    const run = { ...serial, wallMs: 19_500, mainCpuMs: 8_000, processCpuMs: 8_050, meanInFlight: 0.58 };
    expectRule(
      run,
      "one-at-a-time",
      /^One thing at a time: 41 % computing and 59 % waiting never overlapped; raise .* to about 3,/,
    );
  });
});

describe("lab crawl", () => {
  test("coroutines: the limit is full and the server could do more", () => {
    expectRule(
      crawl,
      "io-bound",
      /^I\/O-bound: 83 % .* raise concurrency from 100 to about \d+, and it should take \d+ ms instead of 1\.06 s\.$/,
    );
    expect(diagnose(crawl).why).toContain("The run took 1.06 × its bound.");
  });

  test("coroutines on a slow machine: a full limit binds although the client computes half of the time", () => {
    expectRule(
      { ...crawl, mainCpuMs: 530, processCpuMs: 580 },
      "io-bound",
      /50 % of the time went by waiting/,
    );
  });

  test("serial: twenty requests one after the other", () => {
    const run = {
      ...CRAWL,
      items: 20,
      limit: 1,
      wallMs: 2_060,
      mainCpuMs: 20,
      processCpuMs: 25,
      meanInFlight: 0.98,
    };
    expectRule(run, "io-bound", /from 1 to about 20, and it should take 121 ms instead of 2\.06 s/);
  });

  test("everything in flight at once: only faster answers help", () => {
    const run = { ...CRAWL, limit: 1_000, wallMs: 130, mainCpuMs: 40, processCpuMs: 40, meanInFlight: 850 };
    expectRule(
      run,
      "io-bound",
      /all 1,000 items were in flight at once; only faster answers than 11\d ms will help/,
    );
  });

  test("a server with capacity for 50: answers get slower, more concurrency only queues", () => {
    const run = { ...CRAWL, wallMs: 2_080, mainCpuMs: 180, processCpuMs: 230, meanInFlight: 97 };
    expectRule(
      run,
      "server-bound",
      /^Server-bound: answers took 202 ms instead of 100 ms; more than about 48 at once only queue\.$/,
    );
  });

  test("waves that leave the limit half empty: a sliding window saves the rest", () => {
    const run = { ...CRAWL, wallMs: 2_000, mainCpuMs: 200, processCpuMs: 210, meanInFlight: 50 };
    expectRule(
      run,
      "under-filled",
      /^Under-filled: 50\.0 of at most 100 were in flight; .* should save about 1\.00 s\.$/,
    );
  });

  test("too few items for the limit: says how many would do", () => {
    const run = {
      ...CRAWL,
      items: 150,
      wallMs: 300,
      mainCpuMs: 30,
      processCpuMs: 30,
      meanInFlight: 50,
      boundMs: 200,
    };
    expectRule(run, "under-filled", /run at least 500 items to judge this limit/);
  });
});

describe("any run", () => {
  test("with failed items is not conclusive, whatever else is true of it", () => {
    expectRule(
      { ...overlap, failed: 12 },
      "not-conclusive",
      /12 of 120 items failed; find out why and run again/,
    );
    expect(diagnose({ ...overlap, failed: 1 }).rule).toBe("cores-full");
  });

  test("with few items is not conclusive", () => {
    expectRule({ ...serial, items: 9 }, "not-conclusive", /9 items are too few; run at least 50/);
  });

  test("with every core full far above its bound spends CPU on something else", () => {
    expectRule(
      { ...overlap, wallMs: 1_070, boundMs: 500 },
      "cores-full",
      /yet at 2\.14 × the bound: find the CPU time/,
    );
  });

  test("with every core full and no bound says how full", () => {
    const { boundMs: _, ...run } = overlap;
    expectRule(run, "cores-full", /at 92 % of their time, only more cores/);
  });

  test("on a single core doesn't advise threads", () => {
    expectRule(
      { ...async, cores: 1, processCpuMs: 1_905, boundMs: 1_972 },
      "cores-full",
      /the only core.*only a second core or cheaper work/,
    );
    const below = { ...async, cores: 1, mainCpuMs: 1_500, processCpuMs: 1_520, boundMs: 1_000 };
    expectRule(below, "cpu-bound", /only another core or cheaper work per item will help/);
  });

  test("whose event loop was active without CPU was blocked by a call", () => {
    const run = { ...crawl, wallMs: 2_000, activeMs: 780, meanInFlight: 50 };
    expectRule(
      run,
      "blocked",
      /^Blocked: synchronous calls held the event loop for 600 ms without computing/,
    );
  });

  test("that computes on a crowded machine is not called blocked: its thread waits for a core", () => {
    const run = { ...async, wallMs: 2_900, activeMs: 2_760, boundMs: 1_400 };
    expectRule(run, "cpu-bound", /^CPU-bound on one core/);
  });

  test("whose threads compute on part of the cores should have more of them, or more to do", () => {
    const run = { ...overlap, cores: 8, wallMs: 2_400, boundMs: 400, mainCpuMs: 100, processCpuMs: 2_000 };
    expectRule({ ...run, threads: 1 }, "thread-bound", /threads computed on 0\.8 of 8 cores; run 8 threads/);
    expectRule({ ...run, threads: 8 }, "thread-bound", /raise the limit before them/);
  });

  test("in which nothing stands out is balanced, and says where to look", () => {
    const run = { ...crawl, mainCpuMs: 500, processCpuMs: 520, meanInFlight: 70 };
    expectRule(run, "balanced", /47 % computing and 53 % waiting/);
  });

  test("is told about a server's speed only when it is known", () => {
    const { delayMs: _, ...run } = { ...crawl, wallMs: 2_080, meanInFlight: 97 };
    expect(diagnose(run).rule).toBe("io-bound");
  });

  test("gets one sentence with a number and a full stop", () => {
    for (const run of [serial, async, overlap, crawl]) {
      const { headline, why } = diagnose(run);
      expect(headline).toMatch(/\d/);
      expect(headline.match(/\.(?=\s|$)/g)).toHaveLength(1);
      expect(why).toMatch(/\.$/);
    }
  });

  test.each([
    [{ items: 0 }, "expected a number of at least 1 for items, got 0"],
    [{ wallMs: 0 }, "expected a number above 0 for wallMs, got 0"],
    [{ cores: 1.5 }, "expected an integer of at least 1 for cores, got 1.5"],
    [{ limit: -1 }, "expected a number of at least 0 for limit, got -1"],
    [{ meanInFlight: Number.NaN }, "expected a number of at least 0 for meanInFlight, got NaN"],
    [{ mainCpuMs: 9_000 }, "expected at most processCpuMs for mainCpuMs, got 9000"],
  ])("with figures that can't be is refused: %o", (wrong, message) => {
    expect(() => diagnose({ ...serial, ...wrong })).toThrow(message);
  });
});
