import { createTask, currentLoop, each, Future, InvalidArgumentError, sleep, wait } from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

/** A source whose elements come when they are given, and which records what is asked of it. */
function scriptedSource() {
  const asked: string[] = [];
  const steps: Future<IteratorResult<number>>[] = [];
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        asked.push("next");
        const step = new Future<IteratorResult<number>>();
        steps.push(step);
        return step.then();
      },
      async return() {
        asked.push("return");
        await sleep(5);
        asked.push("returned");
        return { done: true, value: undefined };
      },
    }),
  };
  return { asked, steps, source };
}

describe("each", () => {
  it("runs its body for each element, one after the other", () => {
    runVirtualSync(function* () {
      const seen: string[] = [];
      for (const source of [[1, 2], new Set([3]), "45"]) {
        yield* each(source as Iterable<unknown>, function* (element) {
          yield* sleep(1);
          seen.push(`${String(element)} at ${currentLoop().now()}`);
        });
      }
      expect(seen).toEqual(["1 at 1", "2 at 2", "3 at 3", "4 at 4", "5 at 5"]);
    });
  });

  it("waits for the elements of an async source", async () => {
    await runVirtual(function* () {
      async function* numbers() {
        for (let i = 0; i < 3; i++) {
          await sleep(10);
          yield i;
        }
      }
      const seen: number[] = [];
      yield* each(numbers(), function* (n) {
        seen.push(n);
      });
      expect([seen, currentLoop().now()]).toEqual([[0, 1, 2], 30]);
    });
  });

  it("closes the source when its body fails, waits for that, and throws the body's error", async () => {
    await runVirtual(function* () {
      const { asked, steps, source } = scriptedSource();
      const task = createTask(() =>
        each(source, function* () {
          throw new RangeError("the body");
        }),
      );
      yield* allTasksBlocked();
      steps[0]?.setResult({ done: false, value: 1 });
      expect(yield* caught(task)).toEqual(new RangeError("the body"));
      expect(asked).toEqual(["next", "return", "returned"]);
    });
  });

  it("closes the source when it is cancelled in its body, and while it waits for an element", async () => {
    await runVirtual(function* () {
      for (const gotElement of [true, false]) {
        const { asked, steps, source } = scriptedSource();
        const task = createTask(() =>
          each(source, function* () {
            yield* sleep(1_000);
          }),
        );
        yield* allTasksBlocked();
        if (gotElement) steps[0]?.setResult({ done: false, value: 1 });
        yield* allTasksBlocked();
        task.cancel();
        yield* wait([task]);
        expect([task.state, ...asked]).toEqual(["cancelled", "next", "return", "returned"]);
      }
    });
  });

  it("stops waiting for the source's clean-up at a second cancel", async () => {
    await runVirtual(function* () {
      const { asked, source } = scriptedSource();
      const task = createTask(() => each(source, function* () {}));
      yield* allTasksBlocked();
      task.cancel();
      yield* allTasksBlocked();
      task.cancel();
      yield* wait([task]);
      expect([task.state, currentLoop().now(), ...asked]).toEqual(["cancelled", 0, "next", "return"]);
    });
  });

  it("does not close a source that has ended or that threw itself", async () => {
    await runVirtual(function* () {
      const ended = scriptedSource();
      const task = createTask(() => each(ended.source, function* () {}));
      yield* allTasksBlocked();
      ended.steps[0]?.setResult({ done: true, value: undefined });
      yield* task;
      const broken = scriptedSource();
      const failing = createTask(() => each(broken.source, function* () {}));
      yield* allTasksBlocked();
      broken.steps[0]?.setException(new Error("the source"));
      expect(yield* caught(failing)).toEqual(new Error("the source"));
      expect([ended.asked, broken.asked]).toEqual([["next"], ["next"]]);
    });
  });

  it("can be awaited, and refuses what is no iterable", async () => {
    const seen: number[] = [];
    await each([1, 2], function* (n) {
      seen.push(n);
    });
    expect(seen).toEqual([1, 2]);
    expect(() => each(5 as never, function* () {})).toThrow(InvalidArgumentError);
    expect(() => each({} as never, function* () {})).toThrow("got an object of Object");
  });
});
