import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Future, InvalidStateError, Loop, sleep } from "@overlap/loop";
import { VirtualClock } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caughtFrom } from "./caught-from.ts";

const execute = promisify(execFile);

describe("runForever", () => {
  it("runs callbacks that put others on the queue, until stop (test_run_forever)", async () => {
    const loop = new Loop();
    const said: string[] = [];
    function hello(): void {
      loop.callSoon(world);
      said.push("hello");
    }
    function world(): void {
      said.push("world");
      loop.stop();
    }
    loop.callSoon(hello);
    await loop.runForever();
    expect(said).toEqual(["hello", "world"]);
  });

  it("ends after the batch in which it was stopped; what became ready waits for the next start", async () => {
    const loop = new Loop();
    const said: string[] = [];
    loop.callSoon(() => loop.stop());
    loop.callSoon(() => said.push("same batch"));
    loop.callSoon(() => loop.callSoon(() => said.push("next start")));
    await loop.runForever();
    loop.callSoon(() => said.push("put on the queue in between"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(said).toEqual(["same batch"]);
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect(said).toEqual(["same batch", "next start", "put on the queue in between"]);
  });

  it("can be stopped from outside while nothing is ready", async () => {
    const loop = new Loop();
    const ended = loop.runForever();
    await new Promise((resolve) => setImmediate(resolve));
    loop.stop();
    loop.stop();
    await ended;
  });

  it("rings no timer while the loop stands still, and the overdue ones at the next start", async () => {
    const clock = new VirtualClock();
    const loop = new Loop(clock);
    const rung: string[] = [];
    loop.callSoon(() => loop.stop());
    loop.callLater(10, () => rung.push("first"));
    loop.callLater(20, () => {
      rung.push("second");
      loop.stop();
    });
    await loop.runForever();
    expect(clock.nextMs).toBe(Number.POSITIVE_INFINITY);
    clock.advance(100);
    expect(rung).toEqual([]);
    const ended = loop.runForever();
    clock.advance(0);
    await ended;
    expect(rung).toEqual(["first", "second"]);
  });

  it("keeps the process alive, and lets it end when it is stopped", async () => {
    const source = `
      import { Loop } from "@overlap/loop";
      const loop = new Loop();
      setTimeout(() => loop.stop(), 30).unref();
      await loop.runForever();
      console.log("stopped");
    `;
    const { stdout } = await execute(
      process.execPath,
      ["--conditions=@overlap/source", "--input-type=module", "--eval", source],
      { cwd: import.meta.dirname },
    );
    expect(stdout).toBe("stopped\n");
  });
});

describe("runUntilComplete", () => {
  it("gives the result of a coroutine function, and the loop can be used again (test_run_until_complete)", async () => {
    const loop = new Loop();
    function* work() {
      yield* sleep(1);
      return 42;
    }
    expect(await loop.runUntilComplete(work)).toBe(42);
    expect(await loop.runUntilComplete(async () => "again")).toBe("again");
  });

  it("takes a coroutine, a promise, and a future of the loop", async () => {
    const loop = new Loop();
    const future = loop.createFuture<string>();
    loop.callSoon(() => future.setResult("future"));
    function* body() {
      yield* sleep(0);
      return "coroutine";
    }
    expect(await loop.runUntilComplete(future)).toBe("future");
    expect(await loop.runUntilComplete(body())).toBe("coroutine");
    expect(await loop.runUntilComplete(Promise.resolve("promise"))).toBe("promise");
  });

  it("throws what the work threw, and stands still afterwards", async () => {
    const loop = new Loop();
    const error = await caughtFrom(
      loop.runUntilComplete(function* () {
        throw new RangeError("too far");
      }),
    );
    expect(error).toEqual(new RangeError("too far"));
    expect(await loop.runUntilComplete(async () => 1)).toBe(1);
  });

  it("leaves other tasks where they are, until the next start", async () => {
    const loop = new Loop();
    const steps: number[] = [];
    const counter = loop.createTask(function* counter() {
      for (let i = 0; i < 3; i++) {
        steps.push(i);
        yield* sleep(0);
      }
    });
    await loop.runUntilComplete(function* () {});
    const before = steps.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect([steps.length, counter.done]).toEqual([before, false]);
    await loop.runUntilComplete(counter);
    expect(steps).toEqual([0, 1, 2]);
  });

  it("fails when the loop is stopped first", async () => {
    const loop = new Loop();
    const never = loop.createFuture<void>();
    loop.callSoon(() => loop.stop());
    const error = await caughtFrom(loop.runUntilComplete(never));
    expect(error).toBeInstanceOf(InvalidStateError);
    expect((error as Error).message).toBe("the loop was stopped before a future was done");
  });

  it("refuses a future of another loop, and is not started by that", async () => {
    const loop = new Loop();
    const error = await caughtFrom(loop.runUntilComplete(new Future<void>()));
    expect((error as Error).message).toBe("a future belongs to another loop");
    expect(await loop.runUntilComplete(async () => 1)).toBe(1);
  });
});

describe("a loop that is closed", () => {
  it("drops what was ready and every timer", async () => {
    const clock = new VirtualClock();
    const loop = new Loop(clock);
    const called: string[] = [];
    loop.callSoon(() => called.push("soon"));
    loop.callLater(1, () => called.push("later"));
    loop.close();
    loop.close();
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
    expect(called).toEqual([]);
  });

  it("at the end of its block has ended its tasks, each after its cleanup", async () => {
    const steps: string[] = [];
    let ended: Promise<void>;
    {
      await using loop = new Loop();
      loop.createTask(function* cleanly() {
        try {
          yield* sleep(60_000);
        } finally {
          yield* sleep(0);
          steps.push("cleaned up");
        }
      });
      ended = loop.runForever();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    expect(steps).toEqual(["cleaned up"]);
  });

  it("has ended its tasks too when it stood still before", async () => {
    const loop = new Loop();
    const task = loop.createTask(function* waiting() {
      yield* sleep(60_000);
    });
    await loop.runUntilComplete(function* () {});
    await loop[Symbol.asyncDispose]();
    await loop[Symbol.asyncDispose]();
    expect(task.state).toBe("cancelled");
  });
});
