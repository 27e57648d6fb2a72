import type { RowSink } from "@overlap/pipeline";

/** Nobody reads what the command prints any more, as after `| head`: the quiet end of a run. */
export class StdoutClosed extends Error {
  override readonly name = "StdoutClosed";
}

/**
 * A sink that prints each row as a line of JSON, no faster than they are read. When the reader has gone, `onClosed` is called and nothing
 * is written any more.
 */
export function stdoutLines<Row>(onClosed: (reason: StdoutClosed) => void): RowSink<Row> {
  return {
    name: "stdout",
    concurrency: 1,
    open: () => {
      const closed = (error: Error) => onClosed(new StdoutClosed(error.message, { cause: error }));
      process.stdout.on("error", closed);
      return {
        write: (rows) => print(rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
        close: () => void process.stdout.off("error", closed),
      };
    },
  };
}

/** Done when the reader, or the system on its behalf, has taken it. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
