import { describe, expect, expectTypeOf, it } from "vitest";
import {
  CancelledError,
  type Coroutine,
  checkpoint,
  createTask,
  Event,
  type Future,
  InvalidArgumentError,
  InvalidStateError,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  sleep,
  taskGroup,
} from "../src/index.ts";

describe("Queue", () => {
  it("knows whether it is empty or full, and how much it holds (test_empty, test_full)", () => {
    const unbounded = new Queue<number>();
    expect({ empty: unbounded.empty, full: unbounded.full }).toEqual({ empty: true, full: false });
    unbounded.putNowait(1);
    expect({ empty: unbounded.empty, size: unbounded.size }).toEqual({ empty: false, size: 1 });
    expect(unbounded.getNowait()).toBe(1);
    expect(unbounded.empty).toBe(true);

    const bounded = new Queue<number>({ maxSize: 1 });
    bounded.putNowait(1);
    expect({ full: bounded.full, maxSize: bounded.maxSize }).toEqual({ full: true, maxSize: 1 });
  });

  it("gives items in the order they were put (QueueBasicTests.test_order)", async () => {
    const queue = new Queue<number>();
    for (const item of [1, 3, 2]) await queue.put(item);
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([1, 3, 2]);
  });

  it("holds any value that is there already, undefined too", async () => {
    const queue = new Queue<unknown>();
    for (const item of [undefined, null, 0, ""]) queue.putNowait(item);
    expect([await queue.get(), queue.getNowait(), await queue.get(), queue.getNowait()]).toEqual([
      undefined,
      null,
      0,
      "",
    ]);
  });

  it("tells the type of what it gives, in a coroutine too", () => {
    const queue = new Queue<string>();
    expectTypeOf(queue.get()).toEqualTypeOf<Future<string>>();
    expectTypeOf(get(queue)).toEqualTypeOf<Coroutine<string>>();
    expectTypeOf(queue[Symbol.asyncIterator]().next()).resolves.toEqualTypeOf<
      IteratorResult<string, undefined>
    >();
  });

  it("refuses futures and promises, which would arrive as something else", () => {
    const queue = new Queue<unknown>();
    expect(() => queue.put(sleep(0))).toThrow(InvalidArgumentError);
    expect(() => queue.putNowait(Promise.resolve(1))).toThrow(
      "expected an item that is there already, got an object of Promise",
    );
    expect(queue.size).toBe(0);
  });

  it("refuses a size that is no positive integer (test_float_maxsize)", () => {
    expect(() => new Queue({ maxSize: 0 })).toThrow(InvalidArgumentError);
    expect(() => new Queue({ maxSize: 1.3 })).toThrow("expected a positive integer for maxSize, got 1.3");
    expect(() => new LifoQueue({ maxSize: -1 })).toThrow("got -1");
    expect(() => new PriorityQueue({ maxSize: Number.NaN })).toThrow("got NaN");
  });
});

describe("Queue.get", () => {
  it("does not wait while there are items (test_blocking_get, test_nonblocking_get)", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    expect(queue.get().result()).toBe(1);
    queue.putNowait(2);
    expect(queue.getNowait()).toBe(2);
  });

  it("says that the queue is empty instead of waiting, when asked to (test_nonblocking_get_exception)", () => {
    expect(() => new Queue().getNowait()).toThrow(QueueEmpty);
  });

  it("waits for an item (test_blocking_get_wait)", async () => {
    const queue = new Queue<number>();
    const started = new Event();
    const task = createTask(function* () {
      started.set();
      return yield* queue.get();
    });
    await started.wait();
    expect(task.done).toBe(false);
    queue.putNowait(1);
    expect(await task).toBe(1);
  });

  it("lets the next putter in (test_get_with_putters, test_get_with_waiting_putters)", async () => {
    const queue = new Queue<string>({ maxSize: 1 });
    const puts = [createTask(put, queue, "a"), createTask(put, queue, "b")];
    await checkpoint();
    expect([puts[0]?.done, puts[1]?.done]).toEqual([true, false]);
    expect(await queue.get()).toBe("a");
    await puts[1];
    expect(await queue.get()).toBe("b");
  });

  it("gives an item to the next when the first was cancelled (test_get_cancelled_race)", async () => {
    const queue = new Queue<string>();
    const [first, second] = [createTask(get, queue), createTask(get, queue)];
    await checkpoint();
    first.cancel();
    expect(queue.waitingGetters).toBe(1);
    queue.putNowait("a");
    expect(await second).toBe("a");
    await expect(first).rejects.toThrow(CancelledError);
  });

  it("keeps no cancelled getter (test_cancelled_getters_not_being_held_in_self_getters)", async () => {
    const queue = new Queue<string>({ maxSize: 5 });
    const wait = queue.get();
    expect(queue.waitingGetters).toBe(1);
    wait.cancel();
    expect(queue.waitingGetters).toBe(0);
    await expect(wait).rejects.toThrow(CancelledError);
  });

  it("drops no item that it gave to a task which is then cancelled (test_get_cancel_drop_one_pending_reader)", async () => {
    const queue = new Queue<number>();
    const reader = createTask(get, queue);
    await checkpoint();
    queue.putNowait(1);
    queue.putNowait(2);
    reader.cancel();
    expect(await reader).toBe(1);
    expect(queue.getNowait()).toBe(2);
  });

  it("drops no item of several readers of which one is cancelled (test_get_cancel_drop_many_pending_readers)", async () => {
    const queue = new Queue<number>();
    const readers = [1, 2, 3].map(() => createTask(get, queue));
    await checkpoint();
    readers[0]?.cancel();
    queue.putNowait(1);
    queue.putNowait(2);
    await expect(readers[0]).rejects.toThrow(CancelledError);
    expect([await readers[1], await readers[2]]).toEqual([1, 2]);
  });

  it("gives an item to the one who waits: a newcomer cannot take it (trio test_channel_fairness)", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(1);
    expect(queue.getNowait()).toBe(1);
    const waiting = createTask(get, queue);
    await checkpoint();
    queue.putNowait(2);
    expect(() => queue.getNowait()).toThrow(QueueEmpty);
    expect(await waiting).toBe(2);
  });

  it("ends all waits of equally many getters and putters (test_why_are_getters_waiting)", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    const taken: number[] = [];
    await createTask(function* () {
      yield* taskGroup(function* (group) {
        group.spawn(function* () {
          for (let i = 0; i < 5; i++) yield* queue.put(i);
        });
        group.spawn(function* () {
          for (let i = 0; i < 5; i++) taken.push(yield* queue.get());
        });
      });
    });
    expect(taken).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("Queue.put", () => {
  it("does not wait while there is room (test_blocking_put, test_nonblocking_put)", () => {
    const queue = new Queue<number>({ maxSize: 2 });
    expect(queue.put(1).done).toBe(true);
    queue.putNowait(2);
    expect([queue.getNowait(), queue.getNowait()]).toEqual([1, 2]);
  });

  it("says that the queue is full instead of waiting, when asked to (test_nonblocking_put_exception)", () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(1);
    expect(() => queue.putNowait(2)).toThrow(QueueFull);
    expect(() => queue.putNowait(2)).toThrow("the queue is full: it holds 1 of 1 items");
  });

  it("waits for room (test_maxsize, test_blocking_put_wait)", async () => {
    const queue = new Queue<number>({ maxSize: 2 });
    const put: number[] = [];
    const task = createTask(function* () {
      for (let i = 0; i < 3; i++) {
        yield* queue.put(i);
        put.push(i);
      }
      return true;
    });
    await checkpoint();
    expect(put).toEqual([0, 1]);
    expect(await queue.get()).toBe(0);
    expect(await task).toBe(true);
    expect(put).toEqual([0, 1, 2]);
    expect([await queue.get(), await queue.get()]).toEqual([1, 2]);
  });

  it("hands an item straight to a getter that waits (test_put_with_waiting_getters, test_put_cancelled)", async () => {
    const queue = new Queue<string>({ maxSize: 1 });
    const waiting = createTask(get, queue);
    await checkpoint();
    await queue.put("a");
    expect({ size: queue.size, taken: await waiting }).toEqual({ size: 0, taken: "a" });
  });

  it("takes the item of a cancelled putter back and keeps the order of the others (test_put_cancelled_race)", async () => {
    const queue = new Queue<string>({ maxSize: 1 });
    const puts = ["a", "b", "x", "c"].map((item) => createTask(put, queue, item));
    await checkpoint();
    expect(puts.map((task) => task.done)).toEqual([true, false, false, false]);
    puts[2]?.cancel();
    expect(queue.waitingPutters).toBe(2);
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual(["a", "b", "c"]);
    await expect(puts[2]).rejects.toThrow(CancelledError);
    expect(queue.size).toBe(0);
  });

  it("keeps no cancelled putter (test_cancelled_puts_not_being_held_in_self_putters)", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(1);
    const task = createTask(put, queue, 2);
    await checkpoint();
    expect(queue.waitingPutters).toBe(1);
    task.cancel();
    expect(queue.waitingPutters).toBe(0);
    await expect(task).rejects.toThrow(CancelledError);
  });

  it("has put the item of a task that is cancelled after room was found, and says so (test_put_cancel_drop, test_cancelled_put_silence_value_error_exception)", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(1);
    const writer = createTask(put, queue, 2);
    await checkpoint();
    expect(queue.getNowait()).toBe(1);
    writer.cancel();
    await writer;
    expect(writer.state).toBe("fulfilled");
    expect({ item: queue.getNowait(), size: queue.size }).toEqual({ item: 2, size: 0 });
  });

  it("gives room to the one who waits: a newcomer cannot take it (trio test_channel_fairness)", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(1);
    const waiting = createTask(put, queue, 2);
    await checkpoint();
    expect(queue.getNowait()).toBe(1);
    expect(() => queue.putNowait(3)).toThrow(QueueFull);
    await waiting;
    expect(await queue.get()).toBe(2);
  });

  it("ends all waits when one getter takes all that is there (test_why_are_putters_waiting)", async () => {
    const queue = new Queue<number>({ maxSize: 2 });
    await createTask(function* () {
      yield* taskGroup(function* (group) {
        group.spawn(function* () {
          yield* checkpoint();
          for (let left = queue.size; left > 0; left--) queue.getNowait();
        });
        for (const item of [0, 1, 2, 3]) group.spawn(put, queue, item);
      });
    });
    expect({ size: queue.size, putters: queue.waitingPutters }).toEqual({ size: 2, putters: 0 });
  });
});

describe.each([
  ["Queue", () => new Queue<number>()],
  ["LifoQueue", () => new LifoQueue<number>()],
  ["PriorityQueue", () => new PriorityQueue<number>()],
])("%s.join", (_name, create) => {
  it("is done at once when nothing was put (test_join_empty_queue)", () => {
    const queue = create();
    expect(queue.join().done).toBe(true);
    expect(queue.join().done).toBe(true);
  });

  it("waits until the work on every item is done (test_task_done)", async () => {
    const queue = create();
    let sum = 0;
    for (let i = 0; i < 100; i++) queue.putNowait(i);
    const work = function* () {
      for (;;) {
        sum += yield* queue.get();
        yield* checkpoint();
        queue.taskDone();
      }
    };
    const workers = [createTask(work), createTask(work)];
    expect(queue.unfinished).toBe(100);
    await queue.join();
    expect({ sum, unfinished: queue.unfinished }).toEqual({ sum: 4950, unfinished: 0 });
    for (const worker of workers) worker.cancel();
    await Promise.allSettled(workers);
  });

  it("wakes everybody who waits, but no one who was cancelled", async () => {
    const queue = create();
    queue.putNowait(1);
    const joins = [queue.join(), queue.join(), queue.join()] as const;
    joins[1].cancel();
    queue.taskDone();
    expect(joins.map((join) => join.state)).toEqual(["fulfilled", "cancelled", "fulfilled"]);
    await expect(joins[1]).rejects.toThrow(CancelledError);
  });

  it("refuses more ends than items (test_task_done_underflow)", () => {
    const queue = create();
    expect(() => queue.taskDone()).toThrow(InvalidStateError);
    queue.putNowait(1);
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow("taskDone() was called more often than items were put");
  });
});

function* get<T>(queue: Queue<T>) {
  return yield* queue.get();
}

function* put<T>(queue: Queue<T>, item: T) {
  yield* queue.put(item);
}
