import {
  createTask,
  currentLoop,
  Future,
  InvalidArgumentError,
  sleep,
  type Task,
  type WaitOptions,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

function* sleeper(delayMs: number) {
  yield* sleep(delayMs);
}

function* failer(delayMs: number) {
  yield* sleep(delayMs);
  throw new RangeError("really");
}

/** Waits for tasks of the given kinds, and says which were done, which were not, and when that was. */
function waitFor(
  makers: Readonly<Record<string, () => Task<void>>>,
  options: WaitOptions,
): { done: string[]; pending: string[]; atMs: number } {
  return runVirtualSync(function* () {
    const tasks = Object.entries(makers).map(([name, make]) => ({ name, task: make() }));
    const nameOf = (found: Task<void>) => tasks.find(({ task }) => task === found)?.name ?? "?";
    const { done, pending } = yield* wait(
      tasks.map(({ task }) => task),
      options,
    );
    for (const task of done) task.look();
    return {
      done: [...done].map(nameOf),
      pending: [...pending].map(nameOf),
      atMs: currentLoop().now(),
    };
  });
}

describe("wait", () => {
  const two = { b: () => createTask(sleeper, 150), a: () => createTask(sleeper, 100) };

  it("returns when all are done, in the order in which they were given (test_wait)", () => {
    expect(waitFor(two, {})).toEqual({ done: ["b", "a"], pending: [], atMs: 150 });
  });

  it("takes no time when all are done already (test_wait)", () => {
    runVirtualSync(function* () {
      const task = createTask(sleeper, 100);
      yield* wait([task]);
      const again = yield* wait([task]);
      expect([again.done.has(task), currentLoop().now()]).toEqual([true, 100]);
    });
  });

  it("returns when the first is done (test_wait_first_completed)", () => {
    const found = waitFor(two, { returnWhen: "firstCompleted" });
    expect(found).toEqual({ done: ["a"], pending: ["b"], atMs: 100 });
  });

  it("counts what is done when the waiting task goes on (test_wait_really_done)", () => {
    const makers = {
      b: () => createTask(() => sleep(0)),
      a: () =>
        createTask(function* () {
          yield* sleep(0);
          yield* sleep(0);
        }),
    };
    expect(waitFor(makers, { returnWhen: "firstCompleted" }).done).toEqual(["b", "a"]);
  });

  it("returns at the first failure, also one that was there before (test_wait_first_exception)", () => {
    runVirtualSync(function* () {
      const slow = createTask(sleeper, 10_000);
      const failed = createTask(failer, 0);
      yield* wait([failed]);
      const { done, pending } = yield* wait([failed, slow], { returnWhen: "firstException" });
      expect([done.has(failed), pending.has(slow), currentLoop().now()]).toEqual([true, true, 0]);
      failed.look();
    });
  });

  it("returns at the first failure while it waits (test_wait_first_exception_in_wait)", () => {
    const makers = { a: () => createTask(sleeper, 10_000), b: () => createTask(failer, 10) };
    const found = waitFor(makers, { returnWhen: "firstException" });
    expect(found).toEqual({ done: ["b"], pending: ["a"], atMs: 10 });
  });

  it("does not take a cancelled future for a failure", () => {
    runVirtualSync(function* () {
      const [cancelled, slow] = [createTask(sleeper, 10), createTask(sleeper, 100)];
      cancelled.cancel();
      const { done } = yield* wait([cancelled, slow], { returnWhen: "firstException" });
      expect(done.size).toBe(2);
    });
  });

  it("throws nothing when one fails (test_wait_with_exception)", () => {
    const makers = { a: () => createTask(sleeper, 100), b: () => createTask(failer, 150) };
    expect(waitFor(makers, {})).toEqual({ done: ["a", "b"], pending: [], atMs: 150 });
  });

  it("returns when its time is over, and leaves what is not done alone (test_wait_with_timeout, test_wait_concurrent_complete)", () => {
    expect(waitFor(two, { timeoutMs: 110 })).toEqual({ done: ["a"], pending: ["b"], atMs: 110 });
    runVirtualSync(function* () {
      const task = createTask(sleeper, 10);
      yield* wait([task], { timeoutMs: 5 });
      yield* task;
      expect(currentLoop().now()).toBe(10);
    });
  });

  it("takes any iterable of futures, each counted once (test_wait_with_iterator_of_tasks, test_wait_generator, test_wait_duplicate_coroutines)", () => {
    runVirtualSync(function* () {
      function* tasks() {
        for (let i = 0; i < 10; i++) yield createTask(sleeper, i);
      }
      expect((yield* wait(tasks())).done.size).toBe(10);
      const task = createTask(sleeper, 1);
      expect((yield* wait([task, task].values())).done.size).toBe(1);
    });
  });

  it("that is cancelled leaves what it waits for alone (test_yield_wait_does_not_shield_cancel)", () => {
    runVirtualSync(function* () {
      const waiter = new Future<void>();
      const inner = createTask(() => waiter);
      const outer = createTask(() => wait([inner]));
      yield* allTasksBlocked();
      outer.cancel();
      yield* wait([outer]);
      expect([outer.state, inner.state]).toEqual(["cancelled", "pending"]);
      waiter.setResult();
      yield* inner;
    });
  });

  it("leaves nothing behind in a future that outlives many waits", () => {
    runVirtualSync(function* () {
      const stop = new Future<void>();
      for (let i = 0; i < 1_000; i++) yield* wait([stop, sleep(1)], { returnWhen: "firstCompleted" });
      const cancelled = createTask(() => wait([stop]));
      yield* allTasksBlocked();
      cancelled.cancel();
      yield* wait([cancelled]);
      expect(stop.waiters === null || (Array.isArray(stop.waiters) && stop.waiters.length === 0)).toBe(true);
    });
  });

  it("can be awaited", async () => {
    const found = await runVirtual(async () => await wait([sleep(5), sleep(10)], { timeoutMs: 7 }));
    expect([found.done.size, found.pending.size]).toEqual([1, 1]);
  });

  it("refuses what it cannot wait for (test_wait_errors, test_wait_invalid_args)", () => {
    runVirtualSync(function* () {
      const refused: [() => unknown, string][] = [
        [() => wait([]), "at least one future"],
        [() => wait(sleep(5) as never), "expected an iterable of sources for wait"],
        [() => wait(sleeper(5) as never), "expected an iterable of sources for wait"],
        [() => wait([sleeper(5)] as never), "make a task of it with createTask"],
        [() => wait([sleep(5)], { returnWhen: -1 as never }), "for returnWhen, got -1"],
        [() => wait([sleep(5)], { timeoutMs: -1 }), "for timeoutMs, got -1"],
      ];
      for (const [call, message] of refused) {
        expect(call).toThrow(InvalidArgumentError);
        expect(call).toThrow(message);
      }
    });
  });
});
