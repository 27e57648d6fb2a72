import {
  CancelledError,
  currentLoop,
  Future,
  InvalidStateError,
  Loop,
  NotWaitableError,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("a future", () => {
  it("is pending at first (test_initial_state)", () => {
    const future = new Future<number>();
    expect([future.state, future.done, future.cancelled]).toEqual(["pending", false, false]);
    future.cancel();
    expect([future.state, future.done, future.cancelled]).toEqual(["cancelled", true, true]);
  });

  it("belongs to the loop that runs, else to the thread's (test_constructor_use_running_loop, test_constructor_use_global_loop)", async () => {
    const outside = currentLoop();
    expect(new Future().loop).toBe(outside);
    await runVirtual(function* () {
      expect(new Future().loop).toBe(currentLoop());
      expect(new Future().loop).not.toBe(outside);
    });
  });

  it("belongs to the loop that made it (test_constructor_homogenous_futures)", () => {
    const loop = new Loop();
    expect(loop.createFuture().loop).toBe(loop);
  });

  it("keeps the first way it was finished: a result (test_result)", () => {
    const future = new Future<number>();
    expect(() => future.result()).toThrow(InvalidStateError);
    future.setResult(42);
    expect([future.state, future.result(), future.exception()]).toEqual(["fulfilled", 42, undefined]);
    expectFinal(future);
    expect(future.result()).toBe(42);
  });

  it("keeps the first way it was finished: an exception (test_exception)", () => {
    const future = new Future<number>();
    const error = new RangeError("no");
    expect(() => future.exception()).toThrow(InvalidStateError);
    future.setException(error);
    expect([future.state, future.exception()]).toEqual(["failed", error]);
    expect(() => future.result()).toThrow(error);
    expectFinal(future);
  });

  it("keeps the first way it was finished: a cancel with its reason (test_cancel, test_future_cancel_message_getter)", () => {
    const future = new Future<number>();
    expect(future.cancel("no longer needed")).toBe(true);
    expect(() => future.result()).toThrow(CancelledError);
    expect(() => future.exception()).toThrow(expect.objectContaining({ reason: "no longer needed" }));
    expectFinal(future);
  });

  function expectFinal(future: Future<number>): void {
    expect(() => future.setResult(1)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error("late"))).toThrow(InvalidStateError);
    expect(future.cancel()).toBe(false);
  }

  it("fails with any value, as throw does (test_exception_class)", () => {
    const future = new Future<number>();
    future.setException("just a string");
    expect(future.exception()).toBe("just a string");
  });

  it("never holds another future or a promise", () => {
    const future = new Future<unknown>();
    expect(() => future.setResult(new Future())).toThrow("wait for");
    expect(() => future.setResult(Promise.resolve())).toThrow(InvalidStateError);
    expect(future.done).toBe(false);
  });

  it("gives its result to every wait, also to those after it is done (test_yield_from_twice)", async () => {
    const seen = await runVirtual(function* () {
      const future = new Future<number>();
      currentLoop().callLater(5, () => future.setResult(42));
      return [yield* future, yield* future];
    });
    expect(seen).toEqual([42, 42]);
  });

  it("says what to do when it is yielded instead of waited for with yield* (test_iter)", async () => {
    const wrong = runVirtual(function* () {
      yield new Future() as never;
    });
    await expect(wrong).rejects.toThrow(NotWaitableError);
    await expect(wrong).rejects.toThrow("yield* instead of yield");
  });
});

describe("done callbacks", () => {
  it("are called in their order, with the future, after a result (test_callbacks_invoked_on_set_result)", async () => {
    expect(await calls((future) => future.setResult(7))).toEqual(["a fulfilled", "b fulfilled"]);
  });

  it("are called after an exception and after a cancel (test_callbacks_invoked_on_set_exception)", async () => {
    expect(await calls((future) => future.setException(new Error("no")))).toEqual(["a failed", "b failed"]);
    expect(await calls((future) => future.cancel())).toEqual(["a cancelled", "b cancelled"]);
  });

  it("are scheduled, never run inline, also on a future that is done", async () => {
    await runVirtual(function* () {
      const bag: string[] = [];
      const future = new Future<number>();
      future.addDoneCallback(() => bag.push("before"));
      future.setResult(1);
      future.addDoneCallback(() => bag.push("after"));
      expect(bag).toEqual([]);
      yield* allTasksBlocked();
      expect(bag).toEqual(["before", "after"]);
    });
  });

  it("can be removed, all registrations at once, and say how many there were (test_remove_done_callback)", async () => {
    await runVirtual(function* () {
      const bag: string[] = [];
      const future = new Future<number>();
      const [a, b, never] = ["a", "b", "never"].map((name) => () => void bag.push(name));
      if (!(a && b && never)) throw new Error("three callbacks were made");
      future.addDoneCallback(a);
      future.addDoneCallback(b);
      expect(future.removeDoneCallback(b)).toBe(1);
      expect(future.removeDoneCallback(never)).toBe(0);
      future.addDoneCallback(b);
      for (let i = 0; i < 5; i++) future.addDoneCallback(a);
      expect(future.removeDoneCallback(a)).toBe(6);
      future.setResult(1);
      yield* allTasksBlocked();
      expect(bag).toEqual(["b"]);
    });
  });

  it.each([
    ["test_callbacks_remove_first_callback", [0], ["b", "c"]],
    ["test_callbacks_remove_first_and_second_callback", [0, 1], ["c"]],
    ["test_callbacks_remove_third_callback", [2], ["a", "b"]],
  ] as const)("that are left keep their order when others go (%s)", async (_case, removed, left) => {
    await runVirtual(function* () {
      const bag: string[] = [];
      const future = new Future<number>();
      const callbacks = ["a", "b", "c"].map((name) => () => void bag.push(name));
      for (const callback of callbacks) future.addDoneCallback(callback);
      for (const at of removed) expect(future.removeDoneCallback(callbacks[at] as () => void)).toBe(1);
      for (const at of removed) expect(future.removeDoneCallback(callbacks[at] as () => void)).toBe(0);
      future.setResult(1);
      yield* allTasksBlocked();
      expect(bag).toEqual(left);
    });
  });

  it("may add and remove others while they run; what was scheduled still runs (test_schedule_callbacks_list_mutation_1)", async () => {
    await runVirtual(function* () {
      const bag: string[] = [];
      const future = new Future<number>();
      const second = () => void bag.push("second");
      future.addDoneCallback(() => {
        bag.push("first");
        expect(future.removeDoneCallback(second)).toBe(0);
        future.addDoneCallback(() => bag.push("third"));
      });
      future.addDoneCallback(second);
      future.setResult(1);
      yield* allTasksBlocked();
      expect(bag).toEqual(["first", "second", "third"]);
    });
  });

  it("that throw are reported, and neither the loop nor the other callbacks suffer", async () => {
    await runVirtual(function* () {
      const bag: unknown[] = [];
      currentLoop().setExceptionHandler((failure) => bag.push((failure.error as Error).message));
      const future = new Future<number>();
      future.addDoneCallback(() => {
        throw new Error("a bad callback");
      });
      future.addDoneCallback(() => bag.push("a good one"));
      future.setResult(1);
      yield* allTasksBlocked();
      expect(bag).toEqual(["a bad callback", "a good one"]);
    });
  });

  async function calls(finish: (future: Future<number>) => unknown): Promise<string[]> {
    const bag: string[] = [];
    await runVirtual(function* () {
      const future = new Future<number>();
      for (const name of "ab") future.addDoneCallback((done) => bag.push(`${name} ${done.state}`));
      finish(future);
      yield* allTasksBlocked();
    });
    return bag;
  }
});

describe("a future as a promise", () => {
  it("takes the place of one: then, catch, finally, Promise.all", async () => {
    const ended: string[] = [];
    const failing = new Future<number>();
    failing.setException(new Error("no"));
    const fulfilled = new Future<number>();
    fulfilled.setResult(2);
    expect(await failing.catch((error: unknown) => (error as Error).message)).toBe("no");
    expect(await fulfilled.finally(() => ended.push("finally"))).toBe(2);
    expect(await Promise.all([fulfilled, fulfilled.then((two) => two + 1)])).toEqual([2, 3]);
    expect(ended).toEqual(["finally"]);
  });
});
