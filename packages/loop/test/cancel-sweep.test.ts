import { describe, expect, it } from "vitest";
import { checkpoint, createTask, Future, Semaphore } from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";

function* holdBriefly(semaphore: Semaphore) {
  using _permit = yield* semaphore.acquire();
  yield* checkpoint();
}

/** Forgets to give the permit back when it is cancelled. */
function* holdCarelessly(semaphore: Semaphore) {
  const permit = yield* semaphore.acquire();
  yield* checkpoint();
  permit.release();
}

function twoHolders(hold: typeof holdBriefly) {
  const semaphore = new Semaphore(1);
  return {
    tasks: { first: createTask(hold, semaphore), second: createTask(hold, semaphore) },
    verify: () => expect(semaphore.free).toBe(1),
  };
}

describe("the cancel sweep", () => {
  it("cancels each task once after each step, and counts how they ended", async () => {
    const report = await sweepCancel(() => twoHolders(holdBriefly));
    expect(report.runs).toBe(2 * (report.steps + 1));
    expect(report.ends.first?.cancelled).toBeGreaterThan(0);
    expect(report.ends.second?.fulfilled).toBeGreaterThan(0);
  });

  it("cancels a second time after each later step", async () => {
    const once = await sweepCancel(() => twoHolders(holdBriefly), { victims: ["second"] });
    const twice = await sweepCancel(() => twoHolders(holdBriefly), { victims: ["second"], twice: true });
    expect(once.ends.first).toBeUndefined();
    expect(twice.runs).toBeGreaterThan(once.runs * 3);
  });

  it("names the victim, the step and who hangs when a permit is lost", async () => {
    await expect(sweepCancel(() => twoHolders(holdCarelessly))).rejects.toThrow(
      /^first cancelled after step 1: still waiting after \d+ turns: second$/,
    );
  });

  it("names the victim and the step when the verification fails", async () => {
    await expect(sweepCancel(() => twoHolders(holdCarelessly), { victims: ["second"] })).rejects.toThrow(
      /^second cancelled after step \d: expected \+0 to be 1/,
    );
  });

  it("fails when the scenario hangs without a cancel", async () => {
    const never = () => ({ tasks: { stuck: createTask(() => new Future()) }, verify: () => {} });
    await expect(sweepCancel(never)).rejects.toThrow("nobody cancelled: still waiting");
  });
});
