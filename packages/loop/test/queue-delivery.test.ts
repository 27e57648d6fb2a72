import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CancelledError,
  checkpoint,
  createTask,
  type Future,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueShutDown,
} from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";

const kinds = [
  ["Queue", (maxSize: number) => new Queue<number>({ maxSize })],
  ["LifoQueue", (maxSize: number) => new LifoQueue<number>({ maxSize })],
  ["PriorityQueue", (maxSize: number) => new PriorityQueue<number>({ maxSize })],
] as const;

describe.each(kinds)("%s", (_name, create) => {
  it("loses and doubles no item, and lets everybody end, wherever a task is cancelled, once or twice", async () => {
    const report = await sweepCancel(
      () => {
        const queue = create(1);
        const put: number[] = [];
        const taken: number[] = [];
        return {
          tasks: {
            producer1: createTask(produce, queue, [1, 2], put),
            producer2: createTask(produce, queue, [3, 4], put),
            consumer1: createTask(consume, queue, taken),
            consumer2: createTask(consume, queue, taken),
            closer: createTask(closeLater, queue, taken),
          },
          verify: () => {
            expect(sorted(taken)).toEqual(sorted(put));
            expect({ getters: queue.waitingGetters, putters: queue.waitingPutters }).toEqual({
              getters: 0,
              putters: 0,
            });
          },
        };
      },
      { victims: ["producer1", "producer2", "consumer1", "consumer2"], twice: true },
    );
    expect(report.ends.producer1?.cancelled).toBeGreaterThan(0);
    expect(report.ends.consumer1?.cancelled).toBeGreaterThan(0);
  });

  it("loses and doubles no item, and keeps the order, under any sequence of put, get and cancel", () => {
    const step = fc.record({
      kind: fc.constantFrom("put", "put", "get", "get", "cancelPut", "cancelGet", "putNowait", "getNowait"),
      pick: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (maxSize, steps) => {
        const queue = create(maxSize);
        const run = new Run(queue);
        for (const { kind, pick } of steps) run.step(kind, pick);
        run.drain();
        expect(sorted(run.taken)).toEqual(sorted(run.put));
        if (queue.constructor === Queue) expect(run.taken).toEqual(sorted(run.taken));
      }),
    );
  });
});

/** Applies steps to a queue; items count up, so that the order of a FIFO queue is the sorted one. */
class Run {
  readonly put: number[] = [];
  readonly taken: number[] = [];
  readonly #queue: Queue<number>;
  #next = 0;
  #puts: { item: number; wait: Future<void> }[] = [];
  #gets: Future<number>[] = [];

  constructor(queue: Queue<number>) {
    this.#queue = queue;
  }

  step(kind: string, pick: number): void {
    const item = this.#next++;
    if (kind === "put") this.#puts.push({ item, wait: this.#queue.put(item) });
    if (kind === "get") this.#gets.push(this.#queue.get());
    if (kind === "cancelPut") this.#puts[pick % (this.#puts.length + 1)]?.wait.cancel();
    if (kind === "cancelGet") this.#gets[pick % (this.#gets.length + 1)]?.cancel();
    if (kind === "putNowait" && !this.#queue.full) {
      this.#queue.putNowait(item);
      this.put.push(item);
    }
    if (kind === "getNowait" && !this.#queue.empty) this.taken.push(this.#queue.getNowait());
    this.#collect();
    expect(this.#queue.size).toBeLessThanOrEqual(this.#queue.maxSize);
    if (this.#queue.waitingGetters > 0) expect(this.#queue.empty).toBe(true);
    if (this.#queue.waitingPutters > 0) expect(this.#queue.full).toBe(true);
  }

  /** Takes what is left. */
  drain(): void {
    while (!this.#queue.empty) this.taken.push(this.#queue.getNowait());
    this.#collect();
  }

  #collect(): void {
    const isFulfilled = (wait: Future<unknown>) => wait.state === "fulfilled";
    this.put.push(...this.#puts.filter(({ wait }) => isFulfilled(wait)).map(({ item }) => item));
    this.taken.push(...this.#gets.filter(isFulfilled).map((wait) => wait.result()));
    this.#puts = this.#puts.filter(({ wait }) => !wait.done);
    this.#gets = this.#gets.filter((wait) => !wait.done);
  }
}

function sorted(items: readonly number[]): number[] {
  return items.toSorted((a, b) => a - b);
}

function* produce(queue: Queue<number>, items: readonly number[], put: number[]) {
  for (const item of items) {
    yield* queue.put(item);
    put.push(item);
    yield* checkpoint();
  }
}

function* consume(queue: Queue<number>, taken: number[]) {
  for (;;) {
    try {
      taken.push(yield* queue.get());
    } catch (error) {
      if (error instanceof QueueShutDown) return;
      throw error;
    }
    yield* checkpoint();
  }
}

/** Shuts the queue down when all had time to end, having taken what cancelled consumers left. */
function* closeLater(queue: Queue<number>, taken: number[]) {
  for (let turn = 0; turn < 12; turn++) yield* checkpoint();
  queue.shutdown();
  while (!queue.empty) taken.push(queue.getNowait());
}

describe("a queue without room, and nobody who takes", () => {
  it("withdraws 100,000 putters in any order without a trace", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.putNowait(0);
    const puts = Array.from({ length: 100_000 }, (_, i) => queue.put(i));
    for (let i = puts.length - 1; i >= 0; i -= 2) puts[i]?.cancel();
    for (let i = 0; i < puts.length; i += 2) puts[i]?.cancel();
    expect(queue.waitingPutters).toBe(0);
    await expect(puts[7]).rejects.toThrow(CancelledError);
    queue.getNowait();
    expect(queue.size).toBe(0);
  });
});
