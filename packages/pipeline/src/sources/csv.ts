import { type CsvError, type InfoRecord, type Options, Parser } from "csv-parse";
import { BadRecordError, PipelineOptionError } from "../errors.ts";
import { BadRecord } from "./bad-record.ts";
import { type RecordBlocks, RecordSource } from "./record-source.ts";
import { type TextInput, toOpenable } from "./text-input.ts";

/** Options of `csv`. */
export interface CsvOptions {
  /** The columns' names; `true` takes them from the first record. @default true */
  readonly columns?: true | readonly string[];
  /** What stands between two fields; one character or more. @default "," */
  readonly delimiter?: string;
  /** What surrounds a field that holds delimiters or ends of lines; doubled, it stands for itself. @default '"' */
  readonly quote?: string;
  /** What a line begins with that is passed over. @default none */
  readonly comment?: string;
}

/**
 * The records of a CSV file (RFC 4180) as objects of strings, by the names of their columns; empty lines are passed over. A record with
 * too few or too many fields, or with a quote in the wrong place, is a bad record: it fails by itself, with the number of its line. A quote
 * that is never closed takes the rest of the file with it, which is then held in memory.
 *
 * @throws SourceFileError, while it is read, when the file cannot be; PipelineOptionError.
 * @example
 * const job = pipeline(csv("users.csv")).io("lookup", ({ email }) => lookUp(email), { rate: { perSecond: 10 } });
 */
export function csv<T = Record<string, string>>(input: TextInput, options: CsvOptions = {}): RecordSource<T> {
  const parserOptions = toParserOptions(options);
  const { name, repeatable, open, fingerprint, expectedItems } = toOpenable(input);
  const headerLines = parserOptions.columns === true ? 1 : 0;
  return new RecordSource<T>(name, {
    open: () => parse<T>(name, open(), parserOptions),
    repeatable,
    expectedItems: async () => {
      const lines = await expectedItems();
      return lines === null ? null : Math.max(0, lines - headerLines);
    },
    fingerprint: async () => ({ ...(await fingerprint()), format: `csv ${JSON.stringify(options)}` }),
  });
}

function toParserOptions({ columns = true, delimiter = ",", quote = '"', comment }: CsvOptions): Options {
  if (columns !== true && !Array.isArray(columns))
    throw new PipelineOptionError(`expected true or names for columns, got ${JSON.stringify(columns)}`);
  if (delimiter === "") throw new PipelineOptionError("expected at least one character for delimiter");
  return {
    bom: true,
    columns: columns === true ? true : [...columns],
    delimiter,
    quote,
    comment: comment ?? null,
    skip_empty_lines: true,
    skip_records_with_error: true,
  };
}

async function* parse<T>(
  name: string,
  pieces: AsyncIterable<Uint8Array | string>,
  options: Options,
): RecordBlocks<T> {
  let records: (T | BadRecord)[] = [];
  const parser = new Parser({
    ...options,
    on_record(record: unknown) {
      records.push(record as T);
      return null; // nothing goes out through the stream
    },
    on_skip(error: CsvError | undefined, raw: string | undefined) {
      records.push(badRecord(name, error, raw));
      return undefined;
    },
  });
  function taken(): (T | BadRecord)[] {
    const block = records;
    records = [];
    return block;
  }
  for await (const piece of pieces) {
    await write(parser, piece);
    yield taken();
  }
  await end(parser).catch((error: CsvError) => records.push(badRecord(name, error, undefined)));
  yield taken();
}

function badRecord(name: string, error: CsvError | undefined, raw: string | undefined): BadRecord {
  const { lines = 0 } = (error ?? {}) as Partial<InfoRecord>;
  const reason = error?.message ?? "it cannot be read";
  return new BadRecord(new BadRecordError(name, lines, reason, error), raw ?? "");
}

function write(parser: Parser, piece: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

function end(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once("error", reject);
    parser.once("end", resolve);
    parser.resume();
    parser.end();
  });
}
