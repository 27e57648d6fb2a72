import { describeValue, InvalidArgumentError } from "./errors.ts";
import { Heap } from "./heap.ts";
import { Queue, type QueueOptions } from "./queue.ts";

/** Options of `PriorityQueue`. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /**
   * Which of two items leaves first: negative for `a`, positive for `b`, 0 for the one that was put first.
   * @default ascending numbers, bigints or strings; other items need a `compare`
   */
  readonly compare?: (a: T, b: T) => number;
}

/**
 * A queue that gives the least item first, and among equals the one that was put first. Everything else is `Queue`'s.
 *
 * @example
 * const jobs = new PriorityQueue<Job>({ compare: (a, b) => a.dueMs - b.dueMs });
 * yield* jobs.put({ dueMs: 200, name: "later" });
 * yield* jobs.put({ dueMs: 100, name: "sooner" });
 * (yield* jobs.get()).name; // "sooner"
 */
export class PriorityQueue<T> extends Queue<T> {
  readonly #hasOwnOrder: boolean;

  /** @throws InvalidArgumentError unless `maxSize` is a positive integer or `Infinity`. */
  constructor({ compare, ...options }: PriorityQueueOptions<T> = {}) {
    super(options, () => new Heap<T>(compare ?? ascending));
    this.#hasOwnOrder = compare !== undefined;
  }

  protected override expectItem(item: T): void {
    super.expectItem(item);
    if (!this.#hasOwnOrder) expectOrdered(item);
  }
}

function expectOrdered(item: unknown): void {
  if (typeof item === "string" || typeof item === "bigint") return;
  if (typeof item === "number" && !Number.isNaN(item)) return;
  throw new InvalidArgumentError(
    `expected a number, a bigint or a string in a priority queue without a compare option, got ${describeValue(item)}`,
  );
}

function ascending(a: unknown, b: unknown): number {
  // expectOrdered() has let them in
  if ((a as number) < (b as number)) return -1;
  return (a as number) > (b as number) ? 1 : 0;
}
