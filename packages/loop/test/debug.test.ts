import { co, createTask, currentLoop, Event, run, Semaphore, sleep, taskGroup } from "@overlap/loop";
import { runVirtual, VirtualClock } from "@overlap/loop/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";

describe("debug mode", () => {
  it("tells of a step that held the loop, with the task and where it waits now", async () => {
    const findings: string[] = [];
    const clock = new VirtualClock();
    await runVirtual(
      function* () {
        currentLoop().setDebug({ report: (finding) => findings.push(finding) });
        const compute = co(function* compute() {
          clock.advance(100);
          yield* sleep(1);
          clock.advance(99);
        });
        yield* createTask(function* hasher() {
          yield* compute();
        });
      },
      { clock },
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(
      /^a step of task hasher held the loop for 100 ms; it waits now at\n {4}at compute \(.*debug\.test\.ts:\d+:\d+\)\n {4}at hasher \(/,
    );
  });

  it("tells of a callback, and of the last step of a task, from slowCallbackMs on, until it is switched off", async () => {
    const findings: string[] = [];
    const clock = new VirtualClock();
    await runVirtual(
      function* () {
        const loop = currentLoop();
        const report = (finding: string) => findings.push(finding);
        loop.setDebug({ slowCallbackMs: 10, report });
        loop.callSoon(function busy() {
          clock.advance(10);
        });
        createTask(function* short() {
          clock.advance(12.5);
        });
        yield* sleep(50);
        loop.setDebug(false);
        createTask(function* unseen() {
          clock.advance(500);
        });
        yield* sleep(50);
      },
      { clock },
    );
    expect(findings).toEqual([
      "callback busy held the loop for 10 ms",
      "a step of task short held the loop for 12.5 ms; it has ended",
    ]);
  });

  it("lasts as long as the run it was asked for, and prints to standard error", async () => {
    const printed: string[] = [];
    const print = vi.spyOn(console, "error").mockImplementation((line) => void printed.push(String(line)));
    onTestFinished(() => print.mockRestore());
    function* instant() {}
    await run(instant, { debug: { slowCallbackMs: 0 } });
    const during = printed.length;
    await run(instant);
    expect(printed[0]).toMatch(
      /^overlap: a step of task instant held the loop for \d+(\.\d)? ms; it has ended$/,
    );
    expect(printed).toHaveLength(during);
  });

  it("tells once of a co function that was called and never waited for, and where", async () => {
    const collect = globalThis.gc;
    if (collect === undefined) throw new Error("the tests run with --expose-gc");
    const findings: string[] = [];
    const save = co(function* save() {
      yield* sleep(0);
    });
    await run(
      function* forgetful() {
        save();
        yield* save();
        yield* createTask(async () => save());
        void save().then(() => {});
      },
      { debug: { report: (finding) => findings.push(finding) } },
    );
    for (let tries = 0; tries < 100 && findings.length === 0; tries++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(
      /^save\(\) was called and nobody waited for it: yield\* or await it; it was called\n {4}at .*debug\.test\.ts/,
    );
  });
});

describe("the description of a loop", () => {
  it("is the tree of tasks: name, what each waits for, and whether it was asked to end", async () => {
    await runVirtual(function* main() {
      const never = new Event();
      const limit = new Semaphore(0);
      yield* taskGroup(function* (group) {
        group.spawn(function* eager() {
          yield* limit.acquire();
        });
        const stubborn = group.spawn(function* stubborn() {
          try {
            yield* sleep(60_000);
          } finally {
            yield* never.wait();
          }
        });
        yield* sleep(1);
        stubborn.cancel();
        yield* sleep(1);
        expect(currentLoop().describe()).toBe(
          "main: ready\n  eager: waits for a permit\n  stubborn: waits for an event, asked to end",
        );
        limit.release();
        never.set();
      });
    });
  });

  it("says in debug mode how long each has waited", async () => {
    await runVirtual(function* main() {
      currentLoop().setDebug(true);
      const never = new Event();
      const task = createTask(() => never.wait());
      yield* sleep(250);
      expect(currentLoop().describe()).toContain("waits for an event for 250 ms now");
      task.cancel();
    });
  });
});
