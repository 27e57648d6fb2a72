import { checkpoint, ExplorationError, InvalidArgumentError, sleep, taskGroup } from "@overlap/loop";
import { explore, runVirtual } from "@overlap/loop/testing";
import { describe, expect, it, vi } from "vitest";

/** Two tasks that read, let others run, and write: fails in the orders in which one overwrites the other. */
function* lostUpdate() {
  let shared = 0;
  function* increment() {
    const seen = shared;
    yield* checkpoint();
    yield* checkpoint();
    shared = seen + 1;
  }
  yield* taskGroup(function* (group) {
    group.spawn(increment);
    yield* sleep(0);
    yield* checkpoint();
    yield* checkpoint();
    group.spawn(increment);
  });
  if (shared !== 2) throw new Error(`expected 2, got ${shared}`);
}

function* recordOrder(order: string[]) {
  function* worker(name: string) {
    for (let i = 0; i < 3; i++) {
      order.push(`${name}${i}`);
      yield* checkpoint();
    }
  }
  yield* taskGroup(function* (group) {
    for (const name of "abcd") group.spawn(worker, name);
  });
}

function orderOf(seed?: number): Promise<string> {
  const order: string[] = [];
  const options = seed === undefined ? {} : { seed };
  return runVirtual(() => recordOrder(order), options).then(() => order.join(" "));
}

describe("seeded orders", () => {
  it("are first in, first out without a seed", async () => {
    expect(await orderOf()).toBe("a0 b0 c0 d0 a1 b1 c1 d1 a2 b2 c2 d2");
  });

  it("are the same for the same seed and differ between seeds", async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const order = await orderOf(seed);
      expect(await orderOf(seed)).toBe(order);
      orders.add(order);
    }
    expect(orders.size).toBeGreaterThan(45);
  });

  it("keep each task's own steps in order", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const order = (await orderOf(seed)).split(" ");
      expect(order.filter((step) => step.startsWith("b"))).toEqual(["b0", "b1", "b2"]);
    }
  });
});

describe("explore", () => {
  it("finds an order that loses an update, prints its seed, and the seed replays the failure", async () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const failure = await explore(lostUpdate, { seeds: 1_000 }).catch((error: unknown) => error);
    const [line] = print.mock.calls[0] as [string];
    print.mockRestore();
    expect(failure).toBeInstanceOf(ExplorationError);
    const { seed, cause } = failure as ExplorationError;
    expect(cause).toEqual(new Error("expected 2, got 1"));
    expect(line).toContain(`seed ${seed} failed`);
    await expect(runVirtual(lostUpdate, { seed })).rejects.toThrow("expected 2, got 1");
    await runVirtual(lostUpdate);
  });

  it("passes when no order fails, having tried each seed", async () => {
    const main = vi.fn(function* () {});
    await explore(main, { seeds: 25, firstSeed: 7 });
    expect(main).toHaveBeenCalledTimes(25);
  });

  it("checks its options", async () => {
    await expect(explore(lostUpdate, { seeds: 0 })).rejects.toThrow(InvalidArgumentError);
  });
});
