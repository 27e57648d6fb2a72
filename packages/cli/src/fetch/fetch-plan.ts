import { readFile } from "node:fs/promises";
import type { RowSink } from "@overlap/pipeline";
import { BodyFolder } from "./body-folder.ts";
import { type FetchFlags, toHeaderFields } from "./fetch-flags.ts";
import type { FetchRow } from "./fetch-row.ts";
import { outFile } from "./row-sink.ts";
import type { FetchPlan } from "./run-fetch.ts";
import { stdoutLines } from "./stdout-lines.ts";
import { chooseUrls } from "./url-source.ts";

/** Says what is wrong with the usage. */
type Refuse = (message: string) => never;

/** The flags as a plan. @throws SaveError; what `refuse` throws. */
export async function toPlan(urls: readonly string[], flags: FetchFlags, refuse: Refuse): Promise<FetchPlan> {
  const { concurrency, perHost, rate, timeout, retries, journal, save } = flags;
  const { body = false, publicOnly = false, resume = false } = flags;
  if (resume && journal === undefined) refuse("--resume needs --journal, the file that says what is done");
  const data = await readData(flags.data, refuse);
  const source = await chooseUrls(urls, refuse);
  if (journal !== undefined && !source.repeatable)
    refuse("--journal needs a file of URLs, which a run that is resumed can read again");
  return {
    source,
    concurrency,
    perHost,
    ratePerSecond: rate,
    timeoutMs: timeout,
    retries,
    method: flags.method ?? (data === null ? "GET" : "POST"),
    headers: toHeaderFields(flags.header),
    data,
    keepText: body,
    publicOnly,
    folder: save === undefined ? null : await BodyFolder.open(save),
    rows: rowsOf(flags),
    journal: journal ?? null,
    resume,
  };
}

/** `null` when only their sum is wanted. */
function rowsOf({ out, json, save, body = false }: FetchFlags): RowSink<FetchRow> | null {
  if (out !== undefined) return outFile(out, { file: save !== undefined, body });
  return json ? null : stdoutLines();
}

/** The body of every request: text, or the bytes of a file; `null` for none. */
async function readData(data: string | undefined, refuse: Refuse): Promise<string | Uint8Array | null> {
  if (data?.startsWith("@") !== true) return data ?? null;
  return await readFile(data.slice(1)).catch((error: Error) =>
    refuse(`cannot read --data: ${error.message}`),
  );
}
