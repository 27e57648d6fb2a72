import type { SlotOutcome } from "@overlap/policy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Controller } from "../src/tuning/controller.ts";
import { serverModels } from "./simulation/servers.ts";
import { type Contender, Simulation } from "./simulation/simulate.ts";
import { perSecondIn } from "./simulation/sweep.ts";
import { TunedContender } from "./simulation/tuned-contender.ts";

const outcomes: readonly SlotOutcome[] = ["ok", "ok", "ok", "overload", "rate-limited", "error"];

const sample = fc.record({
  startMs: fc.integer({ min: 0, max: 20_000 }),
  tookMs: fc.integer({ min: -5, max: 2_000 }),
  afterMs: fc.integer({ min: 0, max: 100 }),
  epochsAgo: fc.integer({ min: 0, max: 3 }),
  outcome: fc.constantFrom(...outcomes),
  inFlight: fc.integer({ min: 1, max: 300 }),
});

const limits = fc
  .tuple(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 0, max: 200 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([min, more, share]) => ({ min, max: min + more, start: min + Math.floor(share * more) }));

describe("the controller", () => {
  test("keeps the limit between its minimum and its maximum, whatever it hears", () => {
    fc.assert(
      fc.property(limits, fc.array(sample, { maxLength: 400 }), fc.boolean(), (between, samples, isBusy) => {
        let [nowMs, flownMs] = [0, 0];
        const controller = controllerOf({ ...between, busyMs: () => (isBusy ? nowMs : 0) });
        for (const { startMs, tookMs, afterMs, epochsAgo, outcome, inFlight } of samples) {
          nowMs = startMs + tookMs + afterMs;
          const epoch = controller.epoch - epochsAgo;
          flownMs += inFlight * afterMs;
          controller.sample(startMs, startMs + tookMs, nowMs, epoch, outcome, inFlight, flownMs);
          expect(controller.limit).toBeGreaterThanOrEqual(between.min);
          expect(controller.limit).toBeLessThanOrEqual(between.max);
          expect(controller.perSecond).toBeGreaterThan(0);
        }
      }),
    );
  });

  test("keeps it there on every kind of server that it works its way to the end of", () => {
    const kinds = fc.record({
      roundTripMs: fc.integer({ min: 1, max: 500 }),
      queueAbove: fc.integer({ min: 1, max: 300 }),
      refuseAbove: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(limits, kinds, (between, { roundTripMs, queueAbove, refuseAbove }) => {
        const controller = controllerOf({ ...between, busyMs: () => 0 });
        let [nowMs, flownMs] = [0, 0];
        for (let i = 0; i < 3_000; i++) {
          const { limit, epoch } = controller;
          const isRefused = limit > refuseAbove && i % 10 === 0;
          const heldMs = roundTripMs * Math.max(1, limit / queueAbove);
          nowMs += heldMs / limit;
          flownMs += heldMs;
          controller.sample(
            nowMs - heldMs,
            nowMs,
            nowMs,
            epoch,
            isRefused ? "overload" : "ok",
            limit,
            flownMs,
          );
          expect(controller.limit).toBeGreaterThanOrEqual(between.min);
          expect(controller.limit).toBeLessThanOrEqual(between.max);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("never grows while the client's event loop is busy", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 10, max: 500 }),
        (start, roundTripMs) => {
          let nowMs = 0;
          const controller = controllerOf({ min: 1, max: 1_000, start, busyMs: () => 0.95 * nowMs });
          for (let i = 0; i < 5_000; i++) {
            nowMs += roundTripMs / start;
            controller.sample(
              nowMs - roundTripMs,
              nowMs,
              nowMs,
              controller.epoch,
              "ok",
              start,
              nowMs * start,
            );
          }
          expect(controller.limit).toBe(start);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("does not grow on answers that all failed, and shrinks on refusals", () => {
    for (const [outcome, most] of [
      ["error", 4],
      ["overload", 3],
    ] as const) {
      const controller = controllerOf({ min: 1, max: 1_000, start: 4, busyMs: () => 0 });
      for (let nowMs = 100; nowMs < 10_000; nowMs += 25) {
        controller.sample(nowMs - 100, nowMs, nowMs, controller.epoch, outcome, controller.limit, 4 * nowMs);
      }
      expect(controller.limit).toBeLessThanOrEqual(most);
    }
  });

  test("recovers from any loss and any order of samples", () => {
    const model = serverModels.find(({ name }) => name === "queue-500");
    if (model === undefined) throw new Error("there is no such model");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (seed, lost, shuffled) => {
          const create = (client: Simulation) =>
            new Garbled(new TunedContender(client, 4), seed, lost, shuffled);
          const timeline = new Simulation(model, seed, create).run();
          expect(perSecondIn(timeline, 40_000, 60_000)).toBeGreaterThan(0.9 * 500);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("does not grow when the server falls silent", () => {
    const controller = controllerOf({ min: 1, max: 1_000, start: 4, busyMs: () => 0 });
    for (let nowMs = 100; nowMs < 2_000; nowMs += 25) {
      controller.sample(nowMs - 100, nowMs, nowMs, controller.epoch, "ok", controller.limit, 4 * nowMs);
    }
    const { limit } = controller;
    // The only sign of life after a long time is that of a few which timed out.
    for (const nowMs of [32_000, 32_001, 32_002]) {
      controller.sample(2_000, nowMs, nowMs, controller.epoch, "overload", limit, 4 * nowMs);
    }
    expect(controller.limit).toBeLessThanOrEqual(limit);
  });
});

function controllerOf(options: Omit<ConstructorParameters<typeof Controller>[0], "onDecision">): Controller {
  return new Controller({ ...options, onDecision: () => {} });
}

/** For the first 20 s it passes on only some of what it hears, and in another order. */
class Garbled implements Contender {
  readonly #contender: Contender;
  readonly #lost: number;
  readonly #shuffled: number;
  #held: Parameters<Contender["ended"]>[] = [];
  #state: number;

  constructor(contender: Contender, seed: number, lost: number, shuffled: number) {
    this.#contender = contender;
    this.#state = seed;
    this.#lost = lost;
    this.#shuffled = shuffled;
  }

  get limit(): number {
    return this.#contender.limit;
  }

  get epoch(): number {
    return this.#contender.epoch;
  }

  waitMs(nowMs: number): number {
    return this.#contender.waitMs(nowMs);
  }

  started(nowMs: number): void {
    this.#contender.started(nowMs);
  }

  ended(...sample: Parameters<Contender["ended"]>): void {
    if (sample[2] > 20_000) {
      this.#contender.ended(...sample);
      return;
    }
    if (this.#random() >= this.#lost) this.#held.push(sample);
    if (this.#held.length < this.#shuffled) return;
    const held = this.#held.map((one) => ({ one, at: this.#random() })).sort((a, b) => a.at - b.at);
    this.#held = [];
    for (const { one } of held) this.#contender.ended(...one);
  }

  #random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
