import {
  type Coroutine,
  createTask,
  currentLoop,
  currentTask,
  each,
  Future,
  InvalidArgumentError,
  mapOrdered,
  mapUnordered,
  run,
  sleep,
  until,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

type MapFunction = typeof mapUnordered;

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}

/** Sleeps that many milliseconds and gives them back. */
function* sleeper(delayMs: number) {
  yield* sleep(delayMs);
  return delayMs;
}

/** A source that counts what was pulled, and says whether it was closed. */
function countingSource(length: number) {
  const seen = { pulled: 0, closed: false };
  function* items() {
    try {
      for (let i = 0; i < length; i++) {
        seen.pulled++;
        yield i;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, items: items() };
}

/** The same, with native promises. */
async function* asAsync<T>(items: Iterable<T>) {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

describe("mapUnordered", () => {
  it("gives results as they come", async () => {
    expect(await runVirtual(() => collect(mapUnordered([30, 10, 20], sleeper)))).toEqual([10, 20, 30]);
  });
});

describe("mapOrdered", () => {
  it("gives results in the order of the items", async () => {
    expect(await runVirtual(() => collect(mapOrdered([30, 10, 20], sleeper)))).toEqual([30, 10, 20]);
  });

  it("gives each as soon as those before it are there", async () => {
    await runVirtual(async () => {
      const times: number[] = [];
      for await (const _result of mapOrdered([20, 10, 30, 5], sleeper)) times.push(currentLoop().now());
      expect(times).toEqual([20, 20, 30, 30]);
    });
  });

  it("stops pulling when as many results wait for an early one as calls may be under way", async () => {
    await runVirtual(async () => {
      const { seen, items } = countingSource(100);
      const gate = new Future<number>();
      const stream = mapOrdered(items, (i: number) => (i === 0 ? gate : createTask(sleeper, i)), {
        concurrency: 5,
      });
      const first = stream.next();
      await sleep(1_000);
      expect(seen.pulled).toBeLessThanOrEqual(10);
      gate.setResult(7);
      expect((await first).value).toBe(7);
      await stream.return?.();
    });
  });
});

describe.each<[string, MapFunction]>([
  ["mapUnordered", mapUnordered],
  ["mapOrdered", mapOrdered],
])("%s", (_name, map) => {
  it("takes coroutine functions, async functions and functions that give something to wait for", async () => {
    await runVirtual(async () => {
      const numbers = [1, 2, 3];
      expect(await collect(map(numbers, sleeper))).toEqual(numbers);
      expect(await collect(map(numbers, async (n: number) => n))).toEqual(numbers);
      expect(await collect(map(numbers, (n: number) => createTask(sleeper, n)))).toEqual(numbers);
      expect(await collect(map(asAsync(numbers), async (n: number) => n))).toEqual(numbers);
      expect(await collect(map([], sleeper))).toEqual([]);
    });
  });

  it("is pulled by each in a coroutine, with no promise in sight", () => {
    runVirtualSync(function* () {
      const seen: number[] = [];
      yield* each(map([1, 2, 3], sleeper), function* (n) {
        yield* sleep(5);
        seen.push(n);
      });
      expect([seen, currentLoop().now()]).toEqual([[1, 2, 3], 16]);
    });
  });

  it("does nothing before the first result is asked for", async () => {
    await runVirtual(async () => {
      const { seen, items } = countingSource(3);
      const stream = map(items, sleeper);
      await sleep(10);
      expect(seen.pulled).toBe(0);
      await stream.next();
      expect(seen.pulled).toBe(3);
      await collect(stream);
    });
  });

  it.each([1, 3, Number.POSITIVE_INFINITY])(
    "has at most %d calls under way, and that many when there is work",
    async (concurrency) => {
      let now = 0;
      let most = 0;
      await runVirtual(async () => {
        const results = await collect(
          map(
            Array.from({ length: 20 }, (_, i) => i),
            function* (i: number) {
              most = Math.max(most, ++now);
              yield* sleep(10 - (i % 3));
              now--;
              return i;
            },
            { concurrency },
          ),
        );
        expect(results).toHaveLength(20);
      });
      expect(most).toBe(Math.min(concurrency, 20));
    },
  );

  it("stops pulling when the consumer is slow", async () => {
    await runVirtual(async () => {
      const { seen, items } = countingSource(1_000);
      const stream = map(items, async (i: number) => i, { concurrency: 5 });
      for (let taken = 1; taken <= 20; taken++) {
        await stream.next();
        await sleep(1);
        expect(seen.pulled - taken).toBeLessThanOrEqual(10);
      }
      await stream.return?.();
      expect(seen.closed).toBe(true);
    });
  });

  it("fails with the first error, when what is under way was cancelled and the source closed", async () => {
    await runVirtual(async () => {
      const ended: string[] = [];
      const { seen, items } = countingSource(100);
      const stream = map(
        items,
        function* (i: number) {
          try {
            yield* sleep(i === 2 ? 5 : 1_000);
          } finally {
            yield* sleep(10);
            ended.push(`${i} at ${currentLoop().now()}`);
          }
          if (i === 2) throw new RangeError("two");
          return i;
        },
        { concurrency: 3 },
      );
      await expect(collect(stream)).rejects.toThrow(new RangeError("two"));
      expect(ended).toEqual(["2 at 15", "0 at 25", "1 at 25"]);
      expect(seen.closed).toBe(true);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });
  });

  it("gives the results that came before an error first", async () => {
    await runVirtual(async () => {
      const seen: number[] = [];
      const consume = async () => {
        for await (const n of map([1, 2, 3], (n: number) => (n === 3 ? failing() : sleeper(n)))) {
          seen.push(n);
          await sleep(100);
        }
      };
      await expect(consume()).rejects.toThrow("three");
      expect(seen).toEqual([1, 2]);
    });
    function* failing(): Coroutine<number> {
      yield* sleep(3);
      throw new Error("three");
    }
  });

  it("fails when its function throws at once, and when the source throws", async () => {
    await runVirtual(async () => {
      const throwing = map([1], (): Promise<number> => {
        throw new Error("at once");
      });
      await expect(collect(throwing)).rejects.toThrow("at once");
      function* broken() {
        yield 1;
        throw new Error("the source");
      }
      await expect(collect(map(broken(), sleeper))).rejects.toThrow("the source");
      await expect(collect(map(asAsync(broken()), sleeper))).rejects.toThrow("the source");
    });
  });

  it("stops when the consumer does: cancels what is under way, waits for it, closes the source", async () => {
    await runVirtual(async () => {
      const { seen, items } = countingSource(100);
      const signals: AbortSignal[] = [];
      const stream = map(
        asAsync(items),
        async (i: number, signal: AbortSignal) => {
          signals.push(signal);
          await (i === 0
            ? sleep(1)
            : until(new Promise((resolve) => signal.addEventListener("abort", resolve))));
          return i;
        },
        { concurrency: 4 },
      );
      for await (const first of stream) {
        expect(first).toBe(0);
        break;
      }
      expect(seen.closed).toBe(true);
      expect(signals.slice(1).every((signal) => signal.aborted)).toBe(true);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });
  });

  it("can be closed before it began, and twice, and by await using", async () => {
    await runVirtual(async () => {
      const { seen, items } = countingSource(3);
      {
        await using stream = map(items, sleeper) as AsyncIterableIterator<number> & AsyncDisposable;
        await stream.return?.();
        await stream.return?.();
      }
      expect(seen.pulled).toBe(0);
    });
  });

  it("ends with its run, which waits for the calls under way", async () => {
    const ended: string[] = [];
    const { stream } = await run(async () => {
      const stream = map([1, 2, 3], async (n: number, signal: AbortSignal) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        ended.push(`call ${n}`);
        return n;
      });
      void stream.next();
      return { stream };
    });
    expect(ended.sort()).toEqual(["call 1", "call 2", "call 3"]);
    await expect(collect(stream)).rejects.toMatchObject({
      name: "CancelledError",
      reason: "the run has ended",
    });
  });

  it("ends when the task that consumes it is cancelled, and that task waits for it", () => {
    runVirtualSync(function* () {
      const ended: string[] = [];
      const { seen, items } = countingSource(100);
      const stream = map(
        items,
        function* (n: number) {
          try {
            yield* sleep(1_000);
          } finally {
            yield* sleep(10);
            ended.push(`call at ${currentLoop().now()}`);
          }
          return n;
        },
        { concurrency: 2 },
      );
      const consumer = createTask(() => each(stream, function* () {}));
      yield* allTasksBlocked();
      consumer.cancel();
      yield* wait([consumer]);
      expect([consumer.state, seen.closed, ...ended]).toEqual([
        "cancelled",
        true,
        "call at 10",
        "call at 10",
      ]);
    });
  });

  it("calls its function in the task that made it", async () => {
    await runVirtual(function* maker() {
      const names: unknown[] = [];
      yield* each(
        map([1, 2, 3], async () => void names.push(currentTask()?.name), { concurrency: 1 }),
        function* () {},
      );
      expect(names).toEqual(["maker", "maker", "maker"]);
    });
  });

  it("keeps nothing of what has been consumed", async () => {
    const collectGarbage = globalThis.gc;
    if (collectGarbage === undefined) throw new Error("the tests run with --expose-gc");
    function* numbers() {
      for (let i = 0; i < 150_000; i++) yield i;
    }
    let count = 0;
    const heaps: number[] = [];
    for await (const _ of map(numbers(), async (n: number) => ({ n }))) {
      if (++count % 50_000 === 0) {
        collectGarbage();
        heaps.push(process.memoryUsage().heapUsed);
      }
    }
    const [first, , last] = heaps as [number, number, number];
    expect((last - first) / 100_000).toBeLessThan(8);
  });

  it("gives timers their turn while it maps what never waits", async () => {
    let fired = false;
    function* almostEndless() {
      for (let i = 0; i < 5_000_000 && !fired; i++) yield 1;
    }
    setTimeout(() => {
      fired = true;
    }, 5);
    for await (const _ of map(almostEndless(), async (n: number) => n));
    expect(fired).toBe(true);
  });

  it("refuses a concurrency that is none", () => {
    expect(() => map([], sleeper, { concurrency: -3 })).toThrow(InvalidArgumentError);
    expect(() => map([], sleeper, { concurrency: 1.5 })).toThrow(
      "expected a positive integer for concurrency, got 1.5",
    );
  });
});
