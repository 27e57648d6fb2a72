import { AsyncLocalStorage } from "node:async_hooks";
import { createTask, currentLoop, Event, Loop, run, sleep, taskGroup } from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("keepAsyncContext", () => {
  it("keeps for each task the context it was made in, over every wait, also inside groups and async functions", async () => {
    await runVirtual(function* () {
      currentLoop().keepAsyncContext();
      const storage = new AsyncLocalStorage<string>();
      const go = new Event();
      const seen: (string | undefined)[] = [];
      function* worker() {
        yield* taskGroup(function* (group) {
          group.spawn(async () => {
            await go.wait();
            seen.push(storage.getStore());
          });
          yield* go.wait();
          yield* sleep(1);
          seen.push(storage.getStore());
        });
      }
      const tasks = ["a", "b"].map((name) => storage.run(name, () => createTask(worker)));
      yield* sleep(1);
      storage.run("the waker", () => go.set());
      for (const task of tasks) yield* task;
      expect(seen.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
        "a",
        "a",
        "b",
        "b",
      ]);
      expect(storage.getStore()).toBeUndefined();
    });
  });

  it("keeps what a step has entered apart from other tasks, and can be switched off", async () => {
    await using loop = new Loop();
    const storage = new AsyncLocalStorage<number>();
    loop.keepAsyncContext();
    const seen: (number | undefined)[] = [];
    function* nobody() {
      yield* sleep(0);
      seen.push(storage.getStore());
    }
    storage.run(7, () => loop.createTask(nobody));
    loop.createTask(nobody);
    await loop.runUntilComplete(() => sleep(1));
    loop.keepAsyncContext(false);
    expect(seen).toEqual([7, undefined]);
    expect(await run(async () => "as before")).toBe("as before");
  });
});
