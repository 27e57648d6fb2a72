import { PipelineOptionError } from "../errors.ts";
import { readIterable } from "./iterable-reader.ts";
import { RecordSource } from "./record-source.ts";

/**
 * The integers from `start` up to, but not including, `end`, each `step` after the one before: pages of an API, days, numbers
 * of any kind.
 *
 * @throws PipelineOptionError unless all are integers (`end` may be `Infinity`) and `step` is not 0.
 * @example
 * pipeline(range(1, 101)).io("page", (page) => fetchPage(page)); // pages 1 to 100
 */
export function range(start: number, end: number, step = 1): RecordSource<number> {
  for (const [name, value] of Object.entries({ start, end, step })) expectInteger(name, value);
  if (step === 0) throw new PipelineOptionError("expected another step than 0");
  return new RecordSource(`range(${start}, ${end}, ${step})`, {
    open: async function* () {
      for (const value of count(start, end, step)) yield [value];
    },
    openReader: () => readIterable(count(start, end, step)),
    repeatable: true,
    expectedItems: () => countOf(start, end, step),
    fingerprint: () => ({ kind: "range", start, end: String(end), step }),
  });
}

function* count(start: number, end: number, step: number): Generator<number> {
  for (let value = start; step > 0 ? value < end : value > end; value += step) yield value;
}

/** `null` when it never ends. */
function countOf(start: number, end: number, step: number): number | null {
  const count = Math.max(0, Math.ceil((end - start) / step));
  return count === Number.POSITIVE_INFINITY ? null : count;
}

function expectInteger(name: string, value: number): void {
  if (Number.isInteger(value) || (name === "end" && Math.abs(value) === Number.POSITIVE_INFINITY)) return;
  throw new PipelineOptionError(`expected an integer for ${name}, got ${String(value)}`);
}
