import type { DatabaseOptions } from "@overlap/lab";
import { Command } from "commander";
import { milliseconds, port, positiveInteger, positiveNumber, share, wholeNumber } from "./numbers.ts";

interface ServeFlags {
  port: number;
  host: string;
  delay: number;
  jitter: number;
  capacity?: number;
  rate?: number;
  reject: boolean;
  failRate: number;
  seed: number;
  database?: string;
}

const help = `
Routes:
  GET|POST /add?name=&delay=       wait, store one row durably, answer it as JSON
  GET      /count?name=            how many rows there are
  GET      /rows?name=&after=&limit=  the rows, in the order they were stored
  DELETE   /rows?name=             remove them
  GET      /stats, /health         what it is doing

Example:
  overlap serve --port 8080 --delay 100 --capacity 64 --database rows.db`;

/** `overlap serve`. */
export function createServeCommand(exitWith: (code: number) => void): Command {
  return new Command("serve")
    .description("run the HTTP database: a real server with a real file, as slow as you ask for")
    .option("--port <number>", "TCP port; 0 takes a free one", port, 0)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--delay <ms>", "time that one answer takes", milliseconds, 100)
    .option("--jitter <ms>", "random time added to each, at most", milliseconds, 0)
    .option(
      "--capacity <number>",
      "requests in service at once; the rest wait in order (default: no limit)",
      positiveInteger,
    )
    .option(
      "--rate <number>",
      "answers per second; the rest wait in order (default: no limit)",
      positiveNumber,
    )
    .option("--reject", "answer 429 with Retry-After instead of letting requests wait", false)
    .option("--fail-rate <share>", "share of requests answered 503, from 0 to 1", share, 0)
    .option("--seed <number>", "seed of failures and jitter", wholeNumber, 1)
    .option("--database <file>", "SQLite file (default: a temporary one, removed at the end)")
    .addHelpText("after", help)
    .action(async (flags: ServeFlags) => {
      const { serveDatabase } = await import("@overlap/lab");
      exitWith(await serveDatabase(toDatabaseOptions(flags)));
    });
}

function toDatabaseOptions({
  port,
  host,
  delay,
  jitter,
  capacity,
  rate,
  reject,
  failRate,
  seed,
  database,
}: ServeFlags): DatabaseOptions {
  return {
    port,
    host,
    delayMs: delay,
    jitterMs: jitter,
    reject,
    failRate,
    seed,
    ...(capacity !== undefined && { capacity }),
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(database !== undefined && { file: database }),
  };
}
