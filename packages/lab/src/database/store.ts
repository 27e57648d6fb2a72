import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { DatabaseFileError } from "../errors.ts";

/** A stored row, as `/add` and `/rows` answer it. */
export interface DatabaseRow {
  /** Unique and growing in the order of storing; never used again after a row is deleted. */
  readonly id: number;
  /** What the request called it; rows of one run usually share a name. */
  readonly name: string;
  /** The saved text. */
  readonly value: string;
  /** When it was stored: milliseconds since 1970, UTC. */
  readonly time: number;
}

/** A row that has no id yet. */
export type NewRow = Omit<DatabaseRow, "id">;

/** Which rows to read: those with `name` (all without one), after an id, at most `limit`. */
export interface RowsQuery {
  readonly name: string | undefined;
  readonly after: number;
  readonly limit: number;
}

/** A page of rows ends early when their text passes this, so that no answer outgrows the memory. */
const maxPageCharacters = 16 * 1024 * 1024;

/** How long a commit waits for another process that writes to the same file. */
const lockTimeoutMs = 5_000;

const setUp = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    time INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS rows_by_name ON rows (name);
`;

/** The rows on disk. Every call is synchronous and returns when its change would survive a loss of power. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  readonly #pageByName: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#insert = database.prepare("INSERT INTO rows (name, value, time) VALUES (?, ?, ?)");
    const select = "SELECT id, name, value, time FROM rows WHERE id > ?";
    this.#page = database.prepare(`${select} ORDER BY id LIMIT ?`);
    this.#pageByName = database.prepare(`${select} AND name = ? ORDER BY id LIMIT ?`);
  }

  /** Stores all of them in one transaction, or throws and has stored none. */
  insertAll(rows: readonly NewRow[]): DatabaseRow[] {
    this.#begin.run();
    try {
      const stored = rows.map((row) => this.#insertOne(row));
      this.#commit.run();
      return stored;
    } catch (cause) {
      // A full disk has rolled back already; a violated constraint has not.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw cause;
    }
  }

  /** How many rows there are, of that name or at all. */
  count(name: string | undefined): number {
    const where = name === undefined ? "" : "WHERE name = ?";
    const found = this.#database
      .prepare(`SELECT count(*) AS n FROM rows ${where}`)
      .get(...(name === undefined ? [] : [name]));
    return Number(found?.n);
  }

  /** One page in the order of ids. It may be shorter than `limit` when the rows are large; an empty one is the end. */
  page({ name, after, limit }: RowsQuery): DatabaseRow[] {
    const found =
      name === undefined ? this.#page.iterate(after, limit) : this.#pageByName.iterate(after, name, limit);
    const rows: DatabaseRow[] = [];
    let characters = 0;
    for (const columns of found) {
      const row = toRow(columns);
      rows.push(row);
      characters += row.name.length + row.value.length;
      if (characters > maxPageCharacters) break;
    }
    return rows;
  }

  /** Deletes the rows of that name, or all; returns how many. */
  delete(name: string | undefined): number {
    const where = name === undefined ? "" : "WHERE name = ?";
    const { changes } = this.#database
      .prepare(`DELETE FROM rows ${where}`)
      .run(...(name === undefined ? [] : [name]));
    return Number(changes);
  }

  /** Moves the write-ahead log into the file and closes it. */
  close(): void {
    this.#database.close();
  }

  #insertOne({ name, value, time }: NewRow): DatabaseRow {
    return { id: Number(this.#insert.run(name, value, time).lastInsertRowid), name, value, time };
  }
}

/**
 * Opens or creates the file.
 *
 * @throws {@link DatabaseFileError} when it can't be opened for writing or is no such database.
 */
export function openStore(file: string): Store {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: lockTimeoutMs });
    database.exec(setUp);
    return new Store(database);
  } catch (cause) {
    database?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseFileError(
      `cannot open the database file ${file} (${reason}): give a file that this program wrote, or a new one in a folder that exists and can be written`,
      { cause },
    );
  }
}

function toRow(columns: Record<string, SQLOutputValue>): DatabaseRow {
  return {
    id: Number(columns.id),
    name: String(columns.name),
    value: String(columns.value),
    time: Number(columns.time),
  };
}
