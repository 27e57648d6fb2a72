import type { RowSink } from "@overlap/pipeline";
import { print } from "../stdout.ts";

/** A sink that prints each row as a line of JSON, no faster than they are read. It fails as `print` does. */
export function stdoutLines<Row>(): RowSink<Row> {
  return {
    name: "stdout",
    concurrency: 1,
    open: () => ({
      write: (rows) => print(rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
      close() {},
    }),
  };
}
