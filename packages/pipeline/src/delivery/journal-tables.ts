import type { DatabaseSync, StatementSync } from "node:sqlite";
import { JournalError } from "../errors.ts";
import type { JournalChanges, JournalIdentity, JournalState, JournalTotals, SetAside } from "./journal.ts";
import type { PositionRange } from "./position-ranges.ts";

/** The shape of the tables; another one is another number. */
const version = 1;

/** A journal as tables of a database that somebody else opens, commits and closes. */
export class JournalTables {
  readonly #db: DatabaseSync;
  readonly #prefix: string;
  readonly #statements = new Map<string, StatementSync>();
  #owner = "";

  /** The tables' names begin with `prefix`. */
  constructor(db: DatabaseSync, prefix: string) {
    this.#db = db;
    this.#prefix = prefix;
    db.exec(`
      CREATE TABLE IF NOT EXISTS "${prefix}meta" (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS "${prefix}finished" (key TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS "${prefix}set_aside" (id TEXT PRIMARY KEY, how TEXT) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS "${prefix}children" (id TEXT, path TEXT, PRIMARY KEY (id, path)) WITHOUT ROWID;
    `);
  }

  load(): JournalState | null {
    const identity = this.#meta("identity");
    if (identity === null) return null;
    if (this.#meta("version") !== String(version))
      throw new JournalError(
        `the journal was written by another version of this package; delete it to start over`,
      );
    return {
      identity: JSON.parse(identity) as JournalIdentity,
      ranges: JSON.parse(this.#meta("ranges") ?? "[]") as PositionRange[],
      hasSetAside: this.#prepare('SELECT 1 FROM "set_aside" LIMIT 1').get() !== undefined,
      hasChildren: this.#prepare('SELECT 1 FROM "children" LIMIT 1').get() !== undefined,
      totals: JSON.parse(this.#meta("totals") ?? "null") as JournalTotals,
    };
  }

  begin(identity: JournalIdentity): void {
    for (const table of ["meta", "finished", "set_aside", "children"])
      this.#db.exec(`DELETE FROM "${this.#prefix}${table}"`);
    this.#setMeta("version", String(version));
    this.#setMeta("identity", JSON.stringify(identity));
    this.#setMeta("ranges", "[]");
    this.#setMeta("totals", JSON.stringify({ delivered: 0, dropped: 0, rejected: 0 }));
  }

  takeOver(): void {
    this.#owner = crypto.randomUUID();
    this.#setMeta("owner", this.#owner);
  }

  isFinished(key: string): boolean {
    return this.#prepare('SELECT 1 FROM "finished" WHERE key = ?').get(key) !== undefined;
  }

  setAsideAs(id: string): SetAside | null {
    const row = this.#prepare('SELECT how FROM "set_aside" WHERE id = ?').get(id);
    return (row?.how as SetAside | undefined) ?? null;
  }

  hasChildren(id: string): boolean {
    return this.#prepare('SELECT 1 FROM "children" WHERE id = ? LIMIT 1').get(id) !== undefined;
  }

  isChildDone(id: string, path: string): boolean {
    return this.#prepare('SELECT 1 FROM "children" WHERE id = ? AND path = ?').get(id, path) !== undefined;
  }

  /** Within the transaction of whoever calls. @throws JournalError when another run has taken over. */
  write({ ranges, totals, ...lists }: JournalChanges): void {
    if (this.#meta("owner") !== this.#owner)
      throw new JournalError(
        "another run has taken over the journal; this one ends, and what it had not noted is done again",
      );
    if (ranges !== null) this.#setMeta("ranges", JSON.stringify(ranges));
    this.#setMeta("totals", JSON.stringify(totals));
    const { finished, setAside, recovered, children, complete } = lists;
    for (const key of finished) this.#prepare('INSERT OR IGNORE INTO "finished" VALUES (?)').run(key);
    for (const id of recovered) this.#prepare('DELETE FROM "set_aside" WHERE id = ?').run(id);
    for (const { id, how } of setAside)
      this.#prepare('INSERT OR REPLACE INTO "set_aside" VALUES (?, ?)').run(id, how);
    for (const { id, path } of children)
      this.#prepare('INSERT OR IGNORE INTO "children" VALUES (?, ?)').run(id, path);
    for (const id of complete) this.#prepare('DELETE FROM "children" WHERE id = ?').run(id);
  }

  #meta(name: string): string | null {
    const row = this.#prepare('SELECT value FROM "meta" WHERE name = ?').get(name);
    return (row?.value as string | undefined) ?? null;
  }

  #setMeta(name: string, value: string): void {
    this.#prepare('INSERT OR REPLACE INTO "meta" VALUES (?, ?)').run(name, value);
  }

  /** Statements are written with the tables' plain names. */
  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(
      sql.replace(/"(meta|finished|set_aside|children)"/, `"${this.#prefix}$1"`),
    );
    this.#statements.set(sql, statement);
    return statement;
  }
}
