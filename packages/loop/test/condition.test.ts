import { describe, expect, expectTypeOf, it } from "vitest";
import {
  CancelledError,
  Condition,
  checkpoint,
  createTask,
  InvalidArgumentError,
  InvalidStateError,
  Lock,
  type Task,
  type Waitable,
} from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";
import { describeLockContract, type LockLike } from "./lock-contract.ts";

describeLockContract("Condition", createLockOfCondition);

function createLockOfCondition(): LockLike {
  const condition = new Condition();
  return {
    acquire: () => condition.acquire(),
    release: () => condition.release(),
    get locked() {
      return condition.locked;
    },
    get waiting() {
      return condition.lock.waiting;
    },
  };
}

describe("Condition", () => {
  it("wakes as many as were notified, each when it gets the lock (ConditionTests.test_wait)", async () => {
    const condition = new Condition();
    const order: number[] = [];
    const wait = function* (id: number) {
      yield* condition.acquire();
      yield* condition.wait();
      order.push(id);
    };
    const tasks = [1, 2, 3].map((id) => createTask(wait, id));
    await checkpoint();
    expect({ order, locked: condition.locked, waiting: condition.waiting }).toEqual({
      order: [],
      locked: false,
      waiting: 3,
    });

    await condition.acquire();
    condition.notify();
    await checkpoint();
    expect({ order, locked: condition.locked }).toEqual({ order: [], locked: true });
    condition.release();
    await checkpoint();
    expect({ order, locked: condition.locked }).toEqual({ order: [1], locked: true });

    condition.notify(2);
    await checkpoint();
    expect(order).toEqual([1]);
    condition.release();
    await checkpoint();
    expect(order).toEqual([1, 2]);
    condition.release();
    await checkpoint();
    expect({ order, locked: condition.locked }).toEqual({ order: [1, 2, 3], locked: true });
    expect(tasks.every((task) => task.done)).toBe(true);
  });

  it("serves async functions too", async () => {
    const condition = new Condition();
    let ready = false;
    const order: string[] = [];
    const consumer = (async () => {
      using _held = await condition.acquire();
      await condition.wait();
      order.push(`notified, locked: ${condition.locked}`);
      order.push(`ready: ${await condition.waitFor(() => ready && "yes")}`);
    })();
    await checkpoint();
    {
      using _held = await condition.acquire();
      condition.notify();
    }
    await checkpoint();
    {
      using _held = await condition.acquire();
      ready = true;
      condition.notifyAll();
    }
    await consumer;
    expect(order).toEqual(["notified, locked: true", "ready: yes"]);
    expect(condition.locked).toBe(false);
  });

  it("notifies as many as there are when told more (test_notify)", async () => {
    const condition = new Condition();
    const order: number[] = [];
    const tasks = [1, 2, 3].map((id) => createTask(waitOnce, condition, id, order));
    await checkpoint();
    await notifyHolding(condition, 1);
    expect(order).toEqual([1]);
    await notifyHolding(condition, 1, 2048);
    await Promise.all(tasks);
    expect(order).toEqual([1, 2, 3]);
    expect(condition.locked).toBe(false);
  });

  it("notifies everybody (test_notify_all)", async () => {
    const condition = new Condition();
    const order: number[] = [];
    const tasks = [1, 2].map((id) => createTask(waitOnce, condition, id, order));
    await checkpoint();
    {
      using _held = await condition.acquire();
      condition.notifyAll();
    }
    await Promise.all(tasks);
    expect(order).toEqual([1, 2]);
  });

  it("refuses to wait or notify while nobody holds the lock (test_wait_unacquired, test_notify_unacquired, test_notify_all_unacquired)", () => {
    const condition = new Condition();
    expect(() => condition.wait()).toThrow(InvalidStateError);
    expect(() => condition.wait()).toThrow("cannot wait for a condition whose lock nobody holds");
    expect(() => condition.notify()).toThrow("cannot notify a condition whose lock nobody holds");
    expect(() => condition.notifyAll()).toThrow(InvalidStateError);
    expect(condition.waiting).toBe(0);
  });

  it("refuses to notify a number that is no integer of at least 0", async () => {
    const condition = new Condition();
    using _held = await condition.acquire();
    expect(() => condition.notify(-1)).toThrow(InvalidArgumentError);
    expect(() => condition.notify(0.5)).toThrow("expected an integer of at least 0 for count, got 0.5");
    condition.notify(0);
  });

  it("shares a lock that it is given (test_explicit_lock)", async () => {
    const lock = new Lock();
    const [full, empty] = [new Condition(lock), new Condition(lock)];
    expect(full.lock).toBe(lock);
    {
      using _held = await full.acquire();
      expect([lock.locked, full.locked, empty.locked]).toEqual([true, true, true]);
    }
    {
      using _held = await lock.acquire();
      expect(full.locked).toBe(true);
    }
    expect([lock.locked, empty.locked]).toEqual([false, false]);
  });

  describe("waitFor", () => {
    it("looks again after every notification, and gives the predicate's value (test_wait_for)", async () => {
      const condition = new Condition();
      let value: string | null = null;
      const task = createTask(function* () {
        using _held = yield* condition.acquire();
        return yield* condition.waitFor(() => value);
      });
      await checkpoint();
      await notifyHolding(condition, 1);
      expect({ done: task.done, locked: condition.locked }).toEqual({ done: false, locked: false });
      value = "there";
      await notifyHolding(condition, 1);
      expect(await task).toBe("there");
      expect(condition.locked).toBe(false);
    });

    it("gives a type without the values that it waits past", () => {
      const condition = new Condition();
      expectTypeOf(condition.waitFor(() => [1].pop())).toEqualTypeOf<Waitable<number>>();
      expectTypeOf(condition.waitFor(() => Math.random() > 2)).toEqualTypeOf<Waitable<true>>();
    });

    it("needs the lock only if it has to wait (test_wait_for_unacquired)", async () => {
      const condition = new Condition();
      expect(await condition.waitFor(() => [1, 2, 3])).toEqual([1, 2, 3]);
      await expect(condition.waitFor(() => false)).rejects.toThrow(InvalidStateError);
    });

    it("throws what the predicate throws, with the lock held", async () => {
      const condition = new Condition();
      let looks = 0;
      const task = createTask(function* () {
        using _held = yield* condition.acquire();
        return yield* condition.waitFor(() => {
          if (++looks === 2) throw new Error(`look ${looks}, locked: ${condition.locked}`);
          return false;
        });
      });
      await checkpoint();
      await notifyHolding(condition, 1);
      await expect(task).rejects.toThrow("look 2, locked: true");
      expect(condition.locked).toBe(false);
    });
  });

  describe("when a waiter is cancelled", () => {
    it("throws with the lock held, having left the queue (ConditionTests.test_wait_cancel)", async () => {
      const condition = new Condition();
      const task = createTask(function* () {
        yield* condition.acquire();
        yield* condition.wait();
      });
      await checkpoint();
      expect(condition.locked).toBe(false);
      task.cancel();
      expect(condition.waiting).toBe(0);
      await expect(task).rejects.toThrow(CancelledError);
      expect(condition.locked).toBe(true);
    });

    it("waits for the lock first when somebody else holds it (test_wait_cancel_contested)", async () => {
      const condition = new Condition();
      const task = createTask(function* () {
        yield* condition.acquire();
        yield* condition.wait();
      });
      await checkpoint();
      await condition.acquire();
      condition.notify();
      task.cancel();
      await checkpoint();
      expect(task.done).toBe(false);
      condition.release();
      await expect(task).rejects.toThrow(CancelledError);
      expect(condition.locked).toBe(true);
    });

    it("ends cancelled when it was notified and is waiting for the lock (test_wait_cancel_after_notify)", async () => {
      const condition = new Condition();
      const task = createTask(waitOnce, condition, 1, []);
      await checkpoint();
      await condition.acquire();
      condition.notify();
      await checkpoint();
      task.cancel();
      await checkpoint();
      condition.release();
      await checkpoint();
      expect(task.cancelled).toBe(true);
      expect(condition.locked).toBe(false);
    });

    it("keeps the notification and the lock when it has both already; the cancel strikes at the next wait", async () => {
      const condition = new Condition();
      const order: string[] = [];
      const task = createTask(function* () {
        using _held = yield* condition.acquire();
        yield* condition.wait();
        order.push("notified");
        yield* checkpoint();
        order.push("not reached");
      });
      await checkpoint();
      {
        using _held = await condition.acquire();
        condition.notify();
      }
      task.cancel();
      await expect(task).rejects.toThrow(CancelledError);
      expect(order).toEqual(["notified"]);
      expect(condition.locked).toBe(false);
    });

    it("passes the very error on that the wait threw (test_cancelled_error_wakeup)", async () => {
      const condition = new Condition();
      const { task, raised } = catchAtWait(condition);
      await checkpoint();
      task.cancel("foo");
      const error = await rejection(task);
      expect(error).toMatchObject({ reason: "foo" });
      expect(error).toBe(raised());
    });

    it("passes the very error on when the cancel met the wait for the lock (test_cancelled_error_re_aquire)", async () => {
      const condition = new Condition();
      const { task, raised } = catchAtWait(condition);
      await checkpoint();
      await condition.acquire();
      condition.notify();
      await checkpoint();
      task.cancel("foo");
      condition.release();
      const error = await rejection(task);
      expect(error).toMatchObject({ reason: "foo" });
      expect(error).toBe(raised());
    });

    it("says the latest reason once when it is cancelled twice", async () => {
      const condition = new Condition();
      const caught: unknown[] = [];
      const task = createTask(function* () {
        using _held = yield* condition.acquire();
        try {
          yield* condition.wait();
        } catch (error) {
          caught.push((error as CancelledError).reason);
        }
        yield* checkpoint();
        return "went on";
      });
      await checkpoint();
      const held = await condition.acquire();
      task.cancel("first");
      task.cancel("second");
      held.release();
      expect(await task).toBe("went on");
      expect(caught).toEqual(["second"]);
    });

    it("keeps its place in the lock's queue when it is cancelled again", async () => {
      const condition = new Condition();
      const order: string[] = [];
      const task = createTask(function* () {
        using _held = yield* condition.acquire();
        try {
          yield* condition.wait();
        } finally {
          order.push("cancelled waiter");
        }
      });
      await checkpoint();
      const held = await condition.acquire();
      task.cancel();
      const next = createTask(function* () {
        using _held = yield* condition.acquire();
        order.push("who came later");
      });
      await checkpoint();
      task.cancel();
      held.release();
      await next;
      expect(order).toEqual(["cancelled waiter", "who came later"]);
    });

    it.each([
      ["before it can take the lock (test_cancelled_wakeup)", 0],
      ["while it waits for the lock (test_cancelled_wakeup_relock)", 1],
    ])("hands its notification to the next %s", async (_when, turnsUntilCancel) => {
      const condition = new Condition();
      const stock: Stock = { items: 0 };
      const consumers = [createTask(consume, condition, stock), createTask(consume, condition, stock)];
      await checkpoint();
      const held = await condition.acquire();
      stock.items = 1;
      condition.notify(1);
      for (let turn = 0; turn < turnsUntilCancel; turn++) await checkpoint();
      consumers[0]?.cancel();
      held.release();
      await expect(consumers[0]).rejects.toThrow(CancelledError);
      await consumers[1];
      expect(stock.items).toBe(0);
    });

    it("does not spend somebody else's notification when it was not notified itself", async () => {
      const condition = new Condition();
      const order: number[] = [];
      const tasks = [1, 2].map((id) => createTask(waitOnce, condition, id, order));
      await checkpoint();
      tasks[0]?.cancel();
      await expect(tasks[0]).rejects.toThrow(CancelledError);
      expect(condition.waiting).toBe(1);
      await checkpoint();
      expect(order).toEqual([]);
      await notifyHolding(condition, 1);
      expect(order).toEqual([2]);
    });
  });

  it("loses no notification and keeps no lock, wherever a consumer is cancelled, once or twice", async () => {
    const report = await sweepCancel(
      () => {
        const condition = new Condition();
        const stock: Stock = { items: 0 };
        const tasks = {
          first: createTask(consume, condition, stock),
          second: createTask(consume, condition, stock),
          producer: createTask(produceOneAndClose, condition, stock),
        };
        return {
          tasks,
          verify: () =>
            expect({ ...stock, locked: condition.locked, waiting: condition.waiting }).toEqual({
              items: 0,
              leftAtClose: 0,
              locked: false,
              waiting: 0,
            }),
        };
      },
      { victims: ["first", "second"], twice: true },
    );
    expect(report.ends.first?.cancelled).toBeGreaterThan(0);
    expect(report.ends.first?.fulfilled).toBeGreaterThan(0);
  });
});

function* waitOnce(condition: Condition, id: number, order: number[]) {
  using _held = yield* condition.acquire();
  yield* condition.wait();
  order.push(id);
}

interface Stock {
  items: number;
  /** Set when it is closed: nothing comes any more. */
  leftAtClose?: number;
}

function* consume(condition: Condition, stock: Stock) {
  using _held = yield* condition.acquire();
  yield* condition.waitFor(() => stock.items > 0 || stock.leftAtClose !== undefined);
  if (stock.items > 0) stock.items--;
}

/** One item, one notification; an item that is left when everybody has had time to take it has lost its notification. */
function* produceOneAndClose(condition: Condition, stock: Stock) {
  {
    using _held = yield* condition.acquire();
    stock.items = 1;
    condition.notify();
    yield* checkpoint();
    yield* checkpoint();
  }
  for (let turn = 0; turn < 8; turn++) yield* checkpoint();
  using _held = yield* condition.acquire();
  stock.leftAtClose = stock.items;
  condition.notifyAll();
}

async function notifyHolding(condition: Condition, ...counts: number[]): Promise<void> {
  {
    using _held = await condition.acquire();
    for (const count of counts) condition.notify(count);
  }
  await checkpoint();
  await checkpoint();
}

/** A task that waits for what never comes; `raised()` is what it caught at the wait. */
function catchAtWait(condition: Condition): { task: Task<void>; raised: () => unknown } {
  let raised: unknown;
  const task = createTask(function* () {
    using _held = yield* condition.acquire();
    try {
      yield* condition.waitFor(() => false);
    } catch (error) {
      raised = error;
      throw error;
    }
  });
  return { task, raised: () => raised };
}

async function rejection(task: PromiseLike<unknown>): Promise<unknown> {
  try {
    await task;
  } catch (error) {
    return error;
  }
  throw new Error("the task was not cancelled");
}
