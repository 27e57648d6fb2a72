import { BadRecordError, expectPositiveInteger } from "../errors.ts";
import { BadRecord } from "./bad-record.ts";
import { LineSplitter, type SplitLine, tooLong } from "./line-splitter.ts";
import { type RecordBlocks, RecordSource } from "./record-source.ts";
import { type TextInput, toOpenable } from "./text-input.ts";

/** Options of `lines` and `ndjson`. */
export interface LineOptions {
  /** Characters in a line at most; a longer one is a bad record. At least 1. @default 16_777_216 */
  readonly maxLineCharacters?: number;
}

/**
 * The lines of a text in UTF-8, without their ends (LF or CRLF), empty ones included. The file is opened when the first line is asked
 * for. A stream can be read once, so a job that reads one cannot resume.
 *
 * @throws SourceFileError, while it is read, when the file cannot be; PipelineOptionError.
 * @example
 * const job = pipeline(lines("urls.txt")).io("fetch", fetchPage).to(ndjsonFile("pages.ndjson"));
 * const filter = pipeline(lines(process.stdin)).filter((line) => line.includes("error"));
 */
export function lines(
  input: TextInput,
  { maxLineCharacters = 2 ** 24 }: LineOptions = {},
): RecordSource<string> {
  expectPositiveInteger("maxLineCharacters", maxLineCharacters);
  const { name, open, repeatable, fingerprint, expectedItems } = toOpenable(input);
  return new RecordSource(name, {
    open: () => toLines(name, open(), maxLineCharacters),
    repeatable,
    expectedItems,
    fingerprint: async () => ({ ...(await fingerprint()), format: "lines" }),
  });
}

async function* toLines(
  name: string,
  pieces: AsyncIterable<Uint8Array | string>,
  maxCharacters: number,
): RecordBlocks<string> {
  const splitter = new LineSplitter(maxCharacters);
  let line = 1;
  function check(block: readonly SplitLine[]): (string | BadRecord)[] {
    return block.map((text) => {
      const number = line++;
      if (text !== tooLong) return text;
      return new BadRecord(new BadRecordError(name, number, `longer than ${maxCharacters} characters`), "");
    });
  }
  for await (const piece of pieces) yield check(splitter.push(piece));
  yield check(splitter.end());
}
