import { readFile } from "node:fs/promises";
import { verifySync } from "@node-rs/bcrypt";
import type { Session } from "@overlap/http";
import type { DatabaseRow } from "../database/store.ts";
import { RowsMissingError } from "../errors.ts";

const rowsPerPage = 5_000;
const sampleSize = 5;

/** What the rows of one run turned out to be. */
export interface Verification {
  /** Rows found. */
  readonly saved: number;
  /** True when every text has its row and the sampled hashes are hashes of their texts. */
  readonly verified: boolean;
}

/**
 * Reads the rows of a run back and checks them: one for each text, and a sample of the hashes against bcrypt.
 *
 * @throws RowsMissingError that names what is missing or wrong.
 */
export async function verifyRows(
  session: Session,
  address: string,
  rowName: string,
  texts: readonly string[],
): Promise<Verification> {
  return verifyHashes(await readHashes(session, address, rowName), rowName, texts);
}

/** The same for a file with a line for each text. @throws RowsMissingError. */
export async function verifyFile(file: string, texts: readonly string[]): Promise<Verification> {
  const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
  return verifyHashes(new Map(lines.map(splitValue)), file, texts);
}

function verifyHashes(
  hashes: ReadonlyMap<string, string>,
  where: string,
  texts: readonly string[],
): Verification {
  const missing = texts.filter((text) => !hashes.has(text));
  const wrong = sample(texts).filter(
    (text) => hashes.has(text) && !verifySync(text, hashes.get(text) as string),
  );
  const bad = [...missing, ...wrong];
  if (bad.length > 0 || hashes.size !== texts.length)
    throw new RowsMissingError(describe(where, texts, hashes.size, bad));
  return { saved: hashes.size, verified: true };
}

async function readHashes(session: Session, address: string, rowName: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (let after = 0; ; ) {
    const query = `name=${encodeURIComponent(rowName)}&after=${after}&limit=${rowsPerPage}`;
    const response = await session.get(`${address}/rows?${query}`);
    const rows = await response.json<DatabaseRow[]>();
    for (const { value } of rows) hashes.set(...splitValue(value));
    const last = rows.at(-1);
    if (last === undefined) return hashes;
    after = last.id;
  }
}

/** A row's value is the text, a blank, and its hash. */
function splitValue(value: string): [text: string, hash: string] {
  const blank = value.indexOf(" ");
  return [value.slice(0, blank), value.slice(blank + 1)];
}

/** Spread evenly, the first and the last included. */
function sample<T>(items: readonly T[]): T[] {
  const step = Math.max(1, (items.length - 1) / (sampleSize - 1));
  const places = new Set(
    Array.from({ length: Math.min(sampleSize, items.length) }, (_, i) => Math.round(i * step)),
  );
  return [...places].map((place) => items[place] as T); // places are within items
}

function describe(where: string, texts: readonly string[], found: number, bad: readonly string[]): string {
  const shown = bad.slice(0, 5).join(", ");
  const more = bad.length > 5 ? ` and ${bad.length - 5} more` : "";
  const which = bad.length > 0 ? `: missing or wrong ${shown}${more}` : "";
  return `${where}: ${found} rows are there for ${texts.length} items${which}`;
}
