import type { RowSink } from "./sink.ts";

/** A sink that keeps what it gets. */
export interface Collected<Row> extends RowSink<Row> {
  /** What was saved, in the order in which it came; of all runs together. */
  readonly items: Row[];
}

/**
 * A sink that keeps everything in memory: for tests, and for results that fit. The elements of an array, such as a batch, are kept one
 * by one.
 *
 * @example
 * const sizes = collect<number>();
 * await pipeline(urls).io("size", fetchSize).to(sizes).run();
 * console.log(sizes.items);
 */
export function collect<Row>(): Collected<Row> {
  const items: Row[] = [];
  return {
    name: "collect",
    concurrency: 1,
    items,
    open: () => ({
      write(rows) {
        for (const row of rows) items.push(row);
      },
      close() {},
    }),
  };
}
