import fc from "fast-check";
import { expect, test } from "vitest";
import { MinHeap } from "../src/min-heap.ts";

test("gives keys back in ascending order, whatever order they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20, max: 20 })), (keys) => {
      const heap = new MinHeap();
      for (const key of keys) heap.push(key, key);
      expect(heap.size).toBe(keys.length);
      expect(keys.map(() => heap.pop())).toEqual(keys.toSorted((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
      expect(heap.leastKey).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test("keeps its order while values come and go", () => {
  const steps = fc.array(fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }));
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new MinHeap();
      const expected: number[] = [];
      for (const key of all) {
        if (key === undefined) expect(heap.pop()).toBe(expected.shift());
        else {
          heap.push(key, key);
          expected.push(key);
          expected.sort((a, b) => a - b);
        }
        expect(heap.leastKey).toBe(expected[0] ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});
