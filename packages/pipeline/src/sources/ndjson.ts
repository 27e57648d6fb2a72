import { BadRecordError } from "../errors.ts";
import { BadRecord } from "./bad-record.ts";
import { type LineOptions, lines } from "./lines.ts";
import { RecordSource } from "./record-source.ts";
import type { TextInput } from "./text-input.ts";

/**
 * The values of newline-delimited JSON, one in each line; empty lines are passed over. A line that is no JSON is a bad record: it fails
 * by itself, with the number of its line, and the others go on.
 *
 * @throws as `lines`.
 * @example
 * const job = pipeline(ndjson<{ id: number }>("users.ndjson"), { key: (user) => String(user.id) });
 */
export function ndjson<T = unknown>(input: TextInput, options: LineOptions = {}): RecordSource<T> {
  const text = lines(input, options);
  return new RecordSource<T>(text.name, {
    open: async function* () {
      let line = 0;
      for await (const block of text.openBlocks()) {
        yield block.flatMap((record) => {
          line++;
          if (record instanceof BadRecord) return [record];
          return record.trim() === "" ? [] : [parse<T>(text.name, line, record)];
        });
      }
    },
    repeatable: text.repeatable,
    fingerprint: async () => ({ ...(await text.fingerprint()), format: "ndjson" }),
    expectedItems: () => text.expectedItems(),
  });
}

function parse<T>(name: string, line: number, text: string): T | BadRecord {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    return new BadRecord(
      new BadRecordError(name, line, `no JSON (${(error as Error).message})`, error),
      text,
    );
  }
}
