import {
  CancelledError,
  type Coroutine,
  checkpoint,
  co,
  createTask,
  currentLoop,
  Future,
  gather,
  gatherSettled,
  InvalidArgumentError,
  Loop,
  type Source,
  shield,
  sleep,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

function* waitFor<T>(future: Future<T>): Coroutine<T> {
  return yield* future;
}

const wrappings: [string, <T>(future: Future<T>) => Source<T>][] = [
  ["futures", (future) => future],
  ["coroutines", waitFor],
  ["operations", (future) => co(waitFor<never>)(future as Future<never>)],
];

describe.each(wrappings)("gather of %s", (_name, wrap) => {
  function futures(count: number) {
    const list = Array.from({ length: count }, () => new Future<number>());
    return { list, sources: list.map((future) => wrap(future)) };
  }

  it("gives the results in the order of the sources, when the last is done (test_success)", () => {
    runVirtualSync(function* () {
      const { list, sources } = futures(3);
      const [a, b, c] = list as [Future<number>, Future<number>, Future<number>];
      const all = gather(sources);
      b.setResult(1);
      a.setResult(2);
      yield* allTasksBlocked();
      expect(all.done).toBe(false);
      c.setResult(3);
      expect(yield* all).toEqual([2, 1, 3]);
    });
  });

  it("fails at the first failure and lets the others go on (test_one_exception)", () => {
    runVirtualSync(function* () {
      const { list, sources } = futures(4);
      const [a, b, c, d] = list as [Future<number>, Future<number>, Future<number>, Future<number>];
      const all = gather(sources);
      yield* allTasksBlocked();
      const error = new RangeError("no");
      a.setResult(1);
      b.setException(error);
      yield* allTasksBlocked();
      expect(all.exception()).toBe(error);
      expect([c.state, d.state]).toEqual(["pending", "pending"]);
      c.setResult(3);
      d.setException(new Error("not reported"));
    });
  });

  it("settled gives failures as outcomes (test_return_exceptions)", () => {
    runVirtualSync(function* () {
      const { list, sources } = futures(3);
      const [a, b, c] = list as [Future<number>, Future<number>, Future<number>];
      const all = gatherSettled(sources);
      yield* allTasksBlocked();
      const [first, second] = [new Error("first"), new Error("second")];
      c.setException(first);
      a.setResult(3);
      yield* allTasksBlocked();
      expect(all.done).toBe(false);
      b.setException(second);
      expect(yield* all).toEqual([
        { ok: true, value: 3 },
        { ok: false, error: second },
        { ok: false, error: first },
      ]);
    });
  });
});

describe("gather", () => {
  it("of nothing is done with an empty list (test_constructor_empty_sequence_use_running_loop)", async () => {
    expect(await gather([])).toEqual([]);
    expect(await gatherSettled([])).toEqual([]);
  });

  it("runs the same coroutine once, however often it is given (test_duplicate_coroutines)", () => {
    runVirtualSync(function* () {
      function* say(word: string) {
        yield* checkpoint();
        return word;
      }
      const [c, operation] = [say("abc"), co(say)("ghi")];
      expect(yield* gather([c, c, say("def"), c, operation, operation])).toEqual([
        "abc",
        "abc",
        "def",
        "abc",
        "ghi",
        "ghi",
      ]);
    });
  });

  it("is cancelled when one source is, and leaves the others alone (test_one_cancellation)", () => {
    runVirtualSync(function* () {
      const [a, b, c] = [new Future<number>(), new Future<number>(), new Future<number>()];
      const all = gather([a, b, c]);
      a.setResult(1);
      b.cancel("just this one");
      yield* wait([all]);
      expect(() => all.result()).toThrow(expect.objectContaining({ reason: "just this one" }));
      expect(c.done).toBe(false);
    });
  });

  it("settled counts a cancelled source as an outcome (test_result_exception_one_cancellation)", () => {
    runVirtualSync(function* () {
      const [a, b, c] = [new Future<number>(), new Future<number>(), new Future<number>()];
      const all = gatherSettled([a, b, c]);
      a.setResult(1);
      b.cancel();
      yield* allTasksBlocked();
      expect(all.done).toBe(false);
      c.setResult(3);
      expect(yield* all).toEqual([
        { ok: true, value: 1 },
        { ok: false, error: expect.any(CancelledError) },
        { ok: true, value: 3 },
      ]);
    });
  });

  it("passes a cancel on to every source, and ends when all have cleaned up (test_cancellation_broadcast)", () => {
    runVirtualSync(function* () {
      const ended: string[] = [];
      function* child(cleanUpMs: number) {
        try {
          yield* new Future<void>();
        } finally {
          yield* sleep(cleanUpMs);
          ended.push(`child at ${currentLoop().now()}`);
        }
      }
      const outer = createTask(function* () {
        try {
          yield* gather([child(10), child(20)]);
        } finally {
          ended.push(`outer at ${currentLoop().now()}`);
        }
      });
      yield* allTasksBlocked();
      expect(outer.cancel()).toBe(true);
      yield* wait([outer]);
      expect(outer.state).toBe("cancelled");
      expect(ended).toEqual(["child at 10", "child at 20", "outer at 20"]);
    });
  });

  it("refuses a cancel once all sources are done: the results stand (test_cancel_gather_1)", () => {
    runVirtualSync(function* () {
      const future = new Future<number>();
      const child = createTask(() => future);
      const all = gather([child]);
      let answer: boolean | undefined;
      child.addDoneCallback(() => {
        answer = all.cancel();
      });
      yield* allTasksBlocked();
      future.setResult(42);
      expect(yield* all).toEqual([42]);
      expect(answer).toBe(false);
    });
  });

  it("settled still passes a cancel from outside on to whoever waits (test_cancel_gather_2)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        for (;;) yield* gatherSettled([sleep(50)]);
      });
      yield* sleep(200);
      task.cancel("my message");
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ reason: "my message" }));
    });
  });

  it("that is cancelled fails with what a source throws while it cleans up", () => {
    runVirtualSync(function* () {
      function* child() {
        try {
          yield* sleep(100);
        } catch {
          throw new Error("in the clean-up");
        }
      }
      const all = gather([child(), sleep(100)]);
      yield* allTasksBlocked();
      all.cancel();
      yield* wait([all]);
      expect(all.exception()).toEqual(new Error("in the clean-up"));
    });
  });

  it("can be shielded, and can gather shields (test_shield_gather, test_gather_shield)", () => {
    runVirtualSync(function* () {
      const [a, b] = [new Future<number>(), new Future<number>()];
      const parent = gather([a, b]);
      const outer = shield(parent);
      outer.cancel();
      yield* allTasksBlocked();
      expect([outer.state, parent.state]).toEqual(["cancelled", "pending"]);
      const shields = [shield(a), shield(b)];
      const ofShields = gather(shields);
      ofShields.cancel();
      yield* wait([ofShields]);
      expect([ofShields, ...shields, a, b].map(({ state }) => state)).toEqual([
        "cancelled",
        "cancelled",
        "cancelled",
        "pending",
        "pending",
      ]);
      a.setResult(1);
      b.setResult(2);
      expect(yield* parent).toEqual([1, 2]);
    });
  });

  it("takes native promises and async tasks, and can be awaited", async () => {
    const result = await runVirtual(async () => {
      const slow = createTask(async () => {
        await sleep(10);
        return "task";
      });
      return await gather([Promise.resolve("promise"), slow, sleep(5)]);
    });
    expect(result).toEqual(["promise", "task", undefined]);
  });

  it("starts nothing when a source is unfit (test_issue46672, test_constructor_heterogenous_futures)", () => {
    runVirtualSync(function* () {
      let started = false;
      function* child() {
        started = true;
      }
      expect(() => gather([child(), {} as never])).toThrow(InvalidArgumentError);
      expect(() => gather([sleep(1), new Loop().createFuture()])).toThrow("of one loop");
      expect(() => gather(sleep(1) as never)).toThrow("expected an iterable of sources for gather");
      expect(() => gather(waitFor(sleep(5)) as never)).toThrow("expected an iterable of sources for gather");
      yield* allTasksBlocked();
      expect(started).toBe(false);
    });
  });
});
