import { describe, expect, it } from "vitest";
import { checkpoint, createTask, currentLoop, InvalidStateError, Lock } from "../src/index.ts";
import { describeLockContract } from "./lock-contract.ts";

describeLockContract("Lock", () => new Lock());

describe("Lock", () => {
  it("lets the next one in at each release, one turn later (LockTests.test_acquire)", async () => {
    const lock = new Lock();
    const order: number[] = [];
    const enter = function* (id: number) {
      yield* lock.acquire();
      order.push(id);
      return true;
    };
    lock.tryAcquire();
    const tasks = [createTask(enter, 1), createTask(enter, 2)];
    await checkpoint();
    expect(order).toEqual([]);

    lock.release();
    await checkpoint();
    expect(order).toEqual([1]);
    await checkpoint();
    expect(order).toEqual([1]);

    tasks.push(createTask(enter, 3));
    lock.release();
    await checkpoint();
    expect(order).toEqual([1, 2]);

    lock.release();
    await checkpoint();
    expect(order).toEqual([1, 2, 3]);
    expect(tasks.map((task) => task.result())).toEqual([true, true, true]);
  });

  it("lets one of three in when the first is cancelled and the lock released in one step (test_cancel_release_race)", async () => {
    const lock = new Lock();
    let calls = 0;
    let entered = 0;
    const enter = function* () {
      calls++;
      yield* lock.acquire();
      entered++;
    };
    lock.tryAcquire();
    const [first, second, third] = [createTask(enter), createTask(enter), createTask(enter)];
    await checkpoint();
    currentLoop().callSoon(() => {
      first.cancel();
      lock.release();
    });
    await expect(first).rejects.toThrow();
    await checkpoint();
    expect({ calls, entered }).toEqual({ calls: 3, entered: 1 });
    expect([second.done, third.done]).toEqual([true, false]);
    third.cancel();
    expect(lock.waiting).toBe(0);
  });

  it("refuses to be released when nobody holds it (test_release_not_acquired)", () => {
    const lock = new Lock();
    expect(() => lock.release()).toThrow(InvalidStateError);
    expect(() => lock.release()).toThrow("cannot release a lock that nobody holds");
    expect(lock.locked).toBe(false);
  });

  it("is free after a release that nobody waited for (test_release_no_waiters)", async () => {
    const lock = new Lock();
    await lock.acquire();
    expect(lock.locked).toBe(true);
    lock.release();
    expect(lock.locked).toBe(false);
  });

  it("gives a permit to whoever only tries when it is free, and null when it is not", () => {
    const lock = new Lock();
    const permit = lock.tryAcquire();
    expect(permit).not.toBeNull();
    expect(lock.tryAcquire()).toBeNull();
    permit?.release();
    expect(lock.tryAcquire()).not.toBeNull();
  });

  it("cannot be waited for itself, nor a wait for it be held, says the compiler (test_lock, test_lock_by_with_statement)", async () => {
    const lock = new Lock();
    const task = createTask(function* () {
      // @ts-expect-error: a lock has no iterator
      yield* lock;
    });
    await expect(task).rejects.toThrow(TypeError);
    const hold = () => {
      // @ts-expect-error: a future is not disposable
      using _permit = lock.acquire();
    };
    expect(hold).toThrow(TypeError);
  });
});
