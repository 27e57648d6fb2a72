import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallQueue } from "../src/node/call-queue.ts";

/** `at` counts for `remove` only. */
const steps = fc.array(fc.record({ kind: fc.constantFrom("push", "shift", "remove"), at: fc.nat(20) }), {
  maxLength: 200,
});

describe("CallQueue", () => {
  it("behaves as an array does, whoever leaves from where", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const queue = new CallQueue<object>();
        const model: object[] = [];
        for (const step of sequence) {
          if (step.kind === "push") {
            const call = {};
            queue.push(call);
            model.push(call);
          } else if (step.kind === "shift") {
            expect(queue.shift()).toBe(model.shift());
          } else {
            const [call] = model.splice(step.at, 1);
            expect(queue.remove(call ?? {})).toBe(call !== undefined);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });
});
