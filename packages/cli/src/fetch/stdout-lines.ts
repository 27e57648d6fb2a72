import type { RowSink } from "@overlap/pipeline";
import { print } from "../stdout.ts";

/**
 * A sink that prints each row as a line of JSON, no faster than they are read. When that can't go on, `onEnd` is called with what `print`
 * throws.
 */
export function stdoutLines<Row>(onEnd: (reason: unknown) => void): RowSink<Row> {
  return {
    name: "stdout",
    concurrency: 1,
    open: () => ({
      async write(rows) {
        try {
          await print(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
        } catch (error) {
          onEnd(error);
          throw error;
        }
      },
      close() {},
    }),
  };
}
