import { beforeAll, describe, expect, test } from "vitest";
import { runTuned, worstOf } from "./simulation/run-tuned.ts";
import { serverModels, troubledServers } from "./simulation/servers.ts";
import { perSecondIn, sweep } from "./simulation/sweep.ts";
import type { Verdict } from "./simulation/verdict.ts";

const seeds = 16;

describe.each(serverModels)("self-tuning on $name, the worst of 16 seeds", (model) => {
  let worst: Verdict;
  beforeAll(() => {
    worst = worstOf(seeds, model, sweep(model, 1));
  });

  test(`reaches ${model.target * 100} % of the best fixed limit's throughput in the second half`, () => {
    expect(worst.late).toBeGreaterThanOrEqual(model.target);
  });

  test("is at 90 % within 40 round trips, from 4 and after each change", () => {
    expect(worst.reachedAfter).toBeLessThanOrEqual(40);
  });

  test("keeps the limit within 1.5 times the smallest that reaches 98 %", () => {
    expect(worst.limit).toBeLessThanOrEqual(1.5);
  });

  test("has at most 1 % refused after the start", () => {
    expect(worst.refused).toBeLessThanOrEqual(0.01);
  });
});

describe("self-tuning", () => {
  const named = (name: string) => {
    const model = [...serverModels, ...troubledServers].find((one) => one.name === name);
    if (model === undefined) throw new Error(`no model is called ${name}`);
    return model;
  };

  test("never shrinks below what saturates the client's CPU, and says what holds it", () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const { timeline, contender } = runTuned(named("client-cpu"), seed);
      // 2 ms for each item, 100 ms in flight.
      expect(Math.min(...timeline.limit.subarray(40, -1))).toBeGreaterThanOrEqual(50);
      expect(contender.decisions.map(({ reason }) => reason)).toContain(
        "not growing: the client's own event loop is busy",
      );
    }
  });

  test("says that the source is the limit when it is", () => {
    const { contender } = runTuned(named("slow-source"), 1);
    expect(contender.decisions.map(({ reason }) => reason)).toContain(
      "not growing: the source or a later stage is the limit",
    );
  });

  test("holds a rate where the number in flight can't, and lets go when the server allows more", () => {
    const model = named("fast-reject-rate");
    for (let seed = 1; seed <= seeds; seed++) {
      const { timeline, contender } = runTuned(model, seed);
      expect(perSecondIn(timeline, 20_000, 40_000)).toBeGreaterThan(0.9 * 300);
      expect(perSecondIn(timeline, 90_000, 120_000)).toBeGreaterThan(0.9 * 900);
      const reasons = contender.decisions.map(({ reason }) => reason);
      expect(reasons).toContain("refused by rate: just under what succeeds");
    }
  });

  test("takes a share that is refused anyway for what it is", () => {
    const model = named("flaky");
    const best = sweep(model, 1);
    expect(worstOf(seeds, model, best).late).toBeGreaterThanOrEqual(model.target);
  });

  test("asks little of a server that refuses everything, and is back soon after it answers again", () => {
    const model = named("outage");
    for (let seed = 1; seed <= seeds; seed++) {
      const { timeline } = runTuned(model, seed);
      const refused = timeline.rejected.subarray(220, 300).reduce((a, b) => a + b, 0);
      expect(refused / 8).toBeLessThan(5);
      expect(perSecondIn(timeline, 40_000, 60_000)).toBeGreaterThan(0.9 * 500);
    }
  });
});
