import { CancelledError, Condition, type Coroutine, checkpoint, Queue, taskGroup } from "@overlap/loop";
import { explore } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

const seeds = 1_000;

function* produce(queue: Queue<number>, from: number, to: number): Coroutine<void> {
  for (let item = from; item < to; item++) yield* queue.put(item);
}

function* consume(queue: Queue<number>, taken: number[]): Coroutine<void> {
  try {
    for (;;) {
      taken.push(yield* queue.get());
      yield* checkpoint();
    }
  } catch (error) {
    if (error instanceof CancelledError) throw error;
  }
}

describe(`over ${seeds} orders of ready tasks`, () => {
  it("a queue loses no item, doubles none, and keeps each producer's order, though a consumer is cancelled", async () => {
    await explore(
      function* () {
        const queue = new Queue<number>({ maxSize: 2 });
        const taken: number[][] = [[], [], []];
        yield* taskGroup(function* (group) {
          const consumers = taken.map((items) => group.spawn(consume, queue, items));
          const producers = [group.spawn(produce, queue, 0, 6), group.spawn(produce, queue, 100, 106)];
          yield* checkpoint();
          consumers[0]?.cancel("one less");
          for (const producer of producers) yield* producer;
          queue.shutdown();
        });
        const all = taken.flat().toSorted((a, b) => a - b);
        expect(all).toEqual([0, 1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 105]);
        for (const items of taken) {
          const first = items.filter((item) => item < 100);
          expect(first).toEqual(first.toSorted((a, b) => a - b));
        }
      },
      { seeds },
    );
  });

  it("a condition loses no notification, and one owner at a time holds its lock", async () => {
    await explore(
      function* () {
        const changed = new Condition();
        let stock = 0;
        let sold = 0;
        let inside = 0;
        function* buy(): Coroutine<void> {
          using _permit = yield* changed.acquire();
          yield* changed.waitFor(() => stock > 0);
          expect(++inside).toBe(1);
          yield* checkpoint();
          inside--;
          stock--;
          sold++;
        }
        yield* taskGroup(function* (group) {
          const buyers = [1, 2, 3, 4].map(() => group.spawn(buy));
          yield* checkpoint();
          buyers[1]?.cancel("changed its mind");
          for (let delivery = 0; delivery < 4; delivery++) {
            using _permit = yield* changed.acquire();
            stock++;
            changed.notify();
          }
        });
        expect(sold + stock).toBe(4);
        expect(sold).toBeGreaterThanOrEqual(3);
      },
      { seeds },
    );
  });
});
