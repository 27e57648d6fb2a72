import {
  createTask,
  currentLoop,
  Future,
  Loop,
  type LoopFailure,
  type LoopObserver,
  sleep,
} from "@overlap/loop";
import { runVirtual, VirtualClock } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

/** Writes down what it hears, one line each. */
function recorder(heard: string[]): LoopObserver {
  return {
    taskStarted: (task) => heard.push(`${task.name} starts`),
    taskStep: (task, startMs, durationMs) => heard.push(`${task.name} ran at ${startMs} for ${durationMs}`),
    taskDone: (task) => heard.push(`${task.name} is ${task.state}`),
    callback: (name) => heard.push(name),
  };
}

describe("an observer of a loop", () => {
  it("hears of tasks, of each step with its time, and of callbacks by name", async () => {
    const clock = new VirtualClock();
    const heard: string[] = [];
    await runVirtual(
      function* () {
        using _watching = currentLoop().observe(recorder(heard));
        createTask(function* worker() {
          clock.advance(7);
          yield* sleep(3);
        });
        currentLoop().callSoon(function tidy() {});
        currentLoop().callLater(1, function later(_n: number) {}, 1);
        const future = new Future<void>();
        future.addDoneCallback(function notify() {});
        future.setResult();
        yield* sleep(20);
      },
      { clock },
    );
    expect(heard.filter((line) => line.startsWith("worker") || !line.includes(" ran "))).toEqual([
      "worker starts",
      "worker ran at 0 for 7",
      "callback tidy",
      "done-callback notify",
      "callback later",
      "callback (anonymous)",
      "worker is fulfilled",
      "worker ran at 10 for 0",
      "callback (anonymous)",
    ]);
  });

  it("hears nothing any more once it is disposed of, and the others still do", async () => {
    const heard: string[] = [];
    await runVirtual(function* () {
      const loop = currentLoop();
      const first = loop.observe({ taskStarted: () => heard.push("first") });
      using _second = loop.observe({ taskStarted: () => heard.push("second") });
      createTask(function* () {});
      first[Symbol.dispose]();
      first[Symbol.dispose]();
      createTask(function* () {});
    });
    expect(heard).toEqual(["first", "second", "second"]);
  });

  it("that throws is reported and harms nobody", async () => {
    await using loop = new Loop();
    const reports: LoopFailure[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure));
    loop.observe({
      taskDone() {
        throw new Error("observer");
      },
    });
    expect(await loop.runUntilComplete(async () => 1)).toBe(1);
    expect(reports).toEqual([{ message: "an observer of the loop threw", error: new Error("observer") }]);
  });
});
