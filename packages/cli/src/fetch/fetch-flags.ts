import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { milliseconds, positiveIntegerOrAuto, positiveNumber, wholeNumber } from "../numbers.ts";
import { addTraceFlag, type TraceFlags } from "../recording.ts";
import { endingOf, fileEndings } from "./row-sink.ts";

/** The flags of `overlap fetch`. */
export interface FetchFlags extends TraceFlags {
  readonly concurrency: number | "auto";
  readonly perHost?: number | "auto";
  readonly rate?: number;
  readonly timeout: number;
  readonly retries: number;
  readonly method?: string;
  readonly header?: readonly Header[];
  readonly data?: string;
  readonly out?: string;
  readonly save?: string;
  readonly body?: boolean;
  readonly publicOnly?: boolean;
  readonly journal?: string;
  readonly resume?: boolean;
  readonly explain?: boolean;
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The name and the value of a header field. */
type Header = readonly [name: string, value: string];

/** Declares those flags. */
export function addFetchFlags(command: Command): Command {
  addRequestFlags(addLimitFlags(command));
  return addOutputFlags(command);
}

function addLimitFlags(command: Command): Command {
  return command
    .option(
      "--concurrency <number>",
      "requests in flight at most; auto finds the number that brings most",
      positiveIntegerOrAuto,
      "auto",
    )
    .option(
      "--per-host <number>",
      "requests in flight at most to each host, or auto (default: --concurrency)",
      positiveIntegerOrAuto,
    )
    .option("--rate <number>", "requests started per second at most (default: no limit)", positiveNumber)
    .option("--timeout <ms>", "what one attempt may take, to its last byte", positiveMilliseconds, 30_000)
    .option(
      "--retries <number>",
      "attempts after the first, for what may pass: no connection, a broken one, a timeout, 429, 502, 503, 504; in all at most one for every five requests",
      wholeNumber,
      3,
    )
    .option("--public-only", "refuse addresses that are not on the public internet");
}

function addRequestFlags(command: Command): Command {
  return command
    .option("--method <name>", "the method (default: GET, with --data POST)", methodName)
    .option("--header <field>", 'a header field, as "name: value"; may be repeated', collectHeader)
    .option(
      "--data <text>",
      "the body of every request, as text/plain unless a header says otherwise; @FILE reads it from a file",
    );
}

function addOutputFlags(command: Command): Command {
  return addTraceFlag(addRowFlags(command))
    .option("--report <dir>", "write a page with the timeline of the requests there")
    .option("--json", "print the summary as one JSON document, and no lines")
    .option("--quiet", "no progress and no summary");
}

function addRowFlags(command: Command): Command {
  return command
    .option(
      "--out <file>",
      `write the lines there, added to what it has: ${fileEndings.join(", ")} (default: stdout)`,
      outName,
    )
    .option("--save <dir>", "save the body of each good answer there, and a manifest.ndjson")
    .option("--body", "put the body into the line, as text")
    .option("--journal <file>", "note there what is done, so that the run can be resumed (SQLite)")
    .option("--resume", "leave out what the journal says is done")
    .option("--explain", "say how the number in flight was found");
}

/** Header fields by name, without regard to case; several of one name stay several. */
export function toHeaderFields(headers: readonly Header[] = []): Record<string, string[]> {
  const byName = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries([...byName].map(([name, fields]) => [name, fields.map(([, value]) => value)]));
}

function collectHeader(text: string, before: readonly Header[] = []): Header[] {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon).trim();
  if (colon < 0 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name))
    throw new InvalidArgumentError('Expected "name: value".');
  return [...before, [name, text.slice(colon + 1).trim()]];
}

function methodName(text: string): string {
  const method = text.toUpperCase();
  if (/^[A-Z-]+$/.test(method) && method !== "CONNECT") return method;
  throw new InvalidArgumentError("Expected a method such as GET or POST.");
}

function outName(text: string): string {
  if (fileEndings.includes(endingOf(text))) return text;
  throw new InvalidArgumentError(`Expected a name that ends in ${fileEndings.join(", ")}.`);
}

function positiveMilliseconds(text: string): number {
  if (milliseconds(text) > 0) return Number(text);
  throw new InvalidArgumentError("Expected milliseconds above 0.");
}
