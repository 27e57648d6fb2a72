import { describe, expect, it } from "vitest";
import { checkpoint, createTask, LifoQueue, PriorityQueue, Queue, QueueShutDown } from "../src/index.ts";

describe.each([
  ["Queue", (maxSize?: number) => new Queue<string>(maxSize === undefined ? {} : { maxSize })],
  ["LifoQueue", (maxSize?: number) => new LifoQueue<string>(maxSize === undefined ? {} : { maxSize })],
  [
    "PriorityQueue",
    (maxSize?: number) => new PriorityQueue<string>(maxSize === undefined ? {} : { maxSize }),
  ],
])("%s.shutdown", (_name, create) => {
  it("ends the waits at an empty queue, and refuses what comes later (test_shutdown_empty)", async () => {
    const queue = create();
    const getter = createTask(get, queue);
    await checkpoint();
    queue.shutdown();
    expect({ size: queue.size, isShutDown: queue.isShutDown }).toEqual({ size: 0, isShutDown: true });
    expect(queue.join().done).toBe(true);
    await expect(getter).rejects.toThrow(QueueShutDown);
    await expectRefusal(queue);
  });

  it("leaves what is there to be taken, and refuses who waits to put (test_shutdown_nonempty)", async () => {
    const queue = create(1);
    queue.putNowait("data");
    const join = queue.join();
    const putter = createTask(put, queue, "data2");
    await checkpoint();
    expect(putter.done).toBe(false);
    queue.shutdown();
    expect(queue.size).toBe(1);
    await expect(putter).rejects.toThrow(QueueShutDown);

    expect(await queue.get()).toBe("data");
    expect(join.done).toBe(false);
    await expectRefusal(queue);

    queue.taskDone();
    expect(join.done).toBe(true);
    expect(() => queue.taskDone()).toThrow("more often than items were put");
  });

  it("drops what is there when it is immediate, and counts it as done (test_shutdown_immediate)", async () => {
    const queue = create();
    queue.putNowait("data");
    const join = queue.join();
    queue.shutdown({ immediate: true });
    expect({ size: queue.size, joined: join.done }).toEqual({ size: 0, joined: true });
    await expectRefusal(queue);
    expect(() => queue.taskDone()).toThrow("more often than items were put");
  });

  it("still waits for the work on items that were taken (test_shutdown_immediate_with_unfinished)", async () => {
    const queue = create();
    queue.putNowait("data");
    queue.putNowait("data");
    const join = queue.join();
    expect(await queue.get()).toBe("data");
    queue.shutdown({ immediate: true });
    expect({ size: queue.size, joined: join.done }).toEqual({ size: 0, joined: false });
    await expectRefusal(queue);
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow("more often than items were put");
    expect(join.done).toBe(true);
  });

  it("does not count more as done than is unfinished", () => {
    const queue = create();
    queue.putNowait("1");
    queue.putNowait("2");
    queue.taskDone();
    queue.shutdown({ immediate: true });
    expect({ unfinished: queue.unfinished, joined: queue.join().done }).toEqual({
      unfinished: 0,
      joined: true,
    });
  });

  it("leaves an item with the one it was given to before", async () => {
    const queue = create();
    const getter = createTask(get, queue);
    await checkpoint();
    queue.putNowait("data");
    queue.shutdown({ immediate: true });
    expect(await getter).toBe("data");
  });

  it("can be made immediate later", () => {
    const queue = create();
    queue.putNowait("data");
    queue.shutdown();
    queue.shutdown({ immediate: true });
    expect({ size: queue.size, joined: queue.join().done }).toEqual({ size: 0, joined: true });
  });
});

describe("an iteration over a queue", () => {
  it("takes items until the queue is shut down and empty", async () => {
    const queue = new Queue<number>({ maxSize: 2 });
    const producer = createTask(function* () {
      for (let i = 0; i < 5; i++) yield* queue.put(i);
      queue.shutdown();
    });
    const taken: number[] = [];
    for await (const item of queue) taken.push(item);
    expect(taken).toEqual([0, 1, 2, 3, 4]);
    await producer;
  });

  it("ends without an item when the queue is shut down while it waits", async () => {
    const queue = new Queue<number>();
    const taken: number[] = [];
    const consumer = (async () => {
      for await (const item of queue) taken.push(item);
    })();
    await checkpoint();
    expect(queue.waitingGetters).toBe(1);
    queue.shutdown({ immediate: true });
    await consumer;
    expect(taken).toEqual([]);
  });

  it("leaves the rest in the queue when it is left early", async () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 3; i++) queue.putNowait(i);
    for await (const item of queue[Symbol.asyncIterator]()) if (item === 1) break;
    expect(queue.getNowait()).toBe(2);
  });

  it("takes nothing for a next() that was given up by return()", async () => {
    const queue = new Queue<number>();
    const iterator = queue[Symbol.asyncIterator]();
    const pending = [iterator.next(), iterator.next()];
    await checkpoint();
    expect(queue.waitingGetters).toBe(2);
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await Promise.all(pending)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    queue.putNowait(1);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(queue.size).toBe(1);
  });

  it("shares the items with the other iterations", async () => {
    const queue = new Queue<number>();
    const taken: number[][] = [[], []];
    const consumers = taken.map(async (mine) => {
      for await (const item of queue) mine.push(item);
    });
    for (let i = 0; i < 10; i++) {
      queue.putNowait(i);
      await checkpoint();
    }
    queue.shutdown();
    await Promise.all(consumers);
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(taken.map((mine) => mine.length)).toEqual([5, 5]);
  });
});

async function expectRefusal(queue: Queue<string>): Promise<void> {
  await expect(queue.put("data")).rejects.toThrow(QueueShutDown);
  expect(() => queue.putNowait("data")).toThrow(QueueShutDown);
  await expect(queue.get()).rejects.toThrow(QueueShutDown);
  expect(() => queue.getNowait()).toThrow("the queue was shut down");
}

function* get<T>(queue: Queue<T>) {
  return yield* queue.get();
}

function* put<T>(queue: Queue<T>, item: T) {
  yield* queue.put(item);
}
