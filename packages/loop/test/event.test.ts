import { describe, expect, it } from "vitest";
import { CancelledError, checkpoint, createTask, Event } from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";

describe("Event", () => {
  it("wakes everybody in the order they came, and lets a newcomer through at once (EventTests.test_wait)", async () => {
    const event = new Event();
    expect(event.isSet).toBe(false);
    const order: number[] = [];
    const tasks = [createTask(waitAndNote, event, 1, order), createTask(waitAndNote, event, 2, order)];
    await checkpoint();
    expect(order).toEqual([]);
    tasks.push(createTask(waitAndNote, event, 3, order));
    event.set();
    await checkpoint();
    expect(order).toEqual([3, 1, 2]);
    expect(tasks.every((task) => task.done)).toBe(true);
  });

  it("wakes async functions too", async () => {
    const event = new Event();
    const order: number[] = [];
    const waiting = [1, 2].map(async (id) => {
      await event.wait();
      order.push(id);
    });
    event.set();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
  });

  it("does not make anybody wait while it is set (test_wait_on_set)", () => {
    const event = new Event();
    event.set();
    expect(event.wait().done).toBe(true);
  });

  it("is reset by clear (test_clear)", () => {
    const event = new Event();
    event.set();
    expect(event.isSet).toBe(true);
    event.clear();
    expect(event.isSet).toBe(false);
    expect(event.wait().done).toBe(false);
  });

  it("lets through who waited at set, even if clear follows at once (test_clear_with_waiters)", async () => {
    const event = new Event();
    const order: number[] = [];
    const task = createTask(waitAndNote, event, 1, order);
    await checkpoint();
    event.set();
    event.clear();
    expect(event.isSet).toBe(false);
    event.set();
    event.set();
    expect(event.waiting).toBe(0);
    await task;
    expect(order).toEqual([1]);
  });

  it("loses a cancelled waiter at once and wakes the others (EventTests.test_wait_cancel)", async () => {
    const event = new Event();
    const order: number[] = [];
    const tasks = [1, 2, 3].map((id) => createTask(waitAndNote, event, id, order));
    await checkpoint();
    tasks[1]?.cancel();
    expect(event.waiting).toBe(2);
    await expect(tasks[1]).rejects.toThrow(CancelledError);
    event.set();
    await Promise.allSettled(tasks);
    expect(order).toEqual([1, 3]);
  });

  it("wakes everybody else, wherever a waiter is cancelled", async () => {
    await sweepCancel(
      () => {
        const event = new Event();
        const order: string[] = [];
        const wait = (id: string) => createTask(waitAndNote, event, id, order);
        const tasks = { a: wait("a"), b: wait("b"), c: wait("c"), setter: createTask(setLater, event) };
        return {
          tasks,
          verify() {
            const through = [tasks.a, tasks.b, tasks.c].filter((task) => task.state === "fulfilled");
            expect({ through: order.length, waiting: event.waiting }).toEqual({
              through: through.length,
              waiting: 0,
            });
          },
        };
      },
      { victims: ["a", "b", "c"], twice: true },
    );
  });
});

describe("100,000 tasks waiting for one event", () => {
  it("cost about as much memory as native async functions waiting for one promise", async () => {
    const count = 100_000;
    const event = new Event();
    const gate = Promise.withResolvers<void>();
    const tasks = await bytesHeld(() => {
      for (let i = 0; i < count; i++) createTask(waitFor, event);
    });
    const native = await bytesHeld(() => {
      for (let i = 0; i < count; i++) void waitForNative(gate.promise);
    });
    expect(event.waiting).toBe(count);
    event.set();
    gate.resolve();
    expect(tasks / native).toBeLessThan(1.1);
  });
});

function* waitAndNote<T>(event: Event, id: T, order: T[]) {
  yield* event.wait();
  order.push(id);
}

function* setLater(event: Event) {
  yield* checkpoint();
  event.set();
}

function* waitFor(event: Event) {
  yield* event.wait();
}

async function waitForNative(gate: Promise<void>) {
  await gate;
}

/** What the heap holds more after `create` and all the steps that it made ready. */
async function bytesHeld(create: () => void): Promise<number> {
  const before = await usedHeap();
  create();
  return (await usedHeap()) - before;
}

async function usedHeap(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) await checkpoint();
  if (globalThis.gc === undefined) throw new Error("run the tests with --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
