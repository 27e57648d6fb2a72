import { DatabaseSync } from "node:sqlite";
import { JournalError } from "../errors.ts";
import type { Journal, JournalChanges, JournalIdentity, JournalState, SetAside } from "./journal.ts";
import { JournalTables } from "./journal-tables.ts";
import { sqliteReason } from "./sqlite-error.ts";

/**
 * A journal in a SQLite file of its own. A commit is on the disk when it returns (WAL, synchronous FULL). While it is open no
 * other process can use the file; when the process dies, the system lets go of it.
 */
export class SqliteJournal implements Journal {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #tables: JournalTables;

  /** @throws JournalError when the file can't be opened, is in use, or is something else. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#db = new DatabaseSync(path);
      this.#db.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
      `);
      this.#tables = new JournalTables(this.#db, "");
    } catch (error) {
      throw this.#failure("opened", error);
    }
  }

  load(): JournalState | null {
    return this.#tables.load();
  }

  begin(identity: JournalIdentity): void {
    this.#transaction(() => this.#tables.begin(identity));
  }

  takeOver(): void {
    this.#transaction(() => this.#tables.takeOver());
  }

  isFinished(key: string): boolean {
    return this.#tables.isFinished(key);
  }

  setAsideAs(id: string): SetAside | null {
    return this.#tables.setAsideAs(id);
  }

  hasChildren(id: string): boolean {
    return this.#tables.hasChildren(id);
  }

  isChildDone(id: string, path: string): boolean {
    return this.#tables.isChildDone(id, path);
  }

  commit(changes: JournalChanges): void {
    this.#transaction(() => this.#tables.write(changes));
  }

  close(): void {
    this.#db.close();
  }

  #transaction(write: () => void): void {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      write();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw this.#failure("written", error);
    }
  }

  #failure(what: string, error: unknown): JournalError {
    if (error instanceof JournalError) return error;
    const message = `the journal ${this.#path} cannot be ${what}: ${sqliteReason(error)}`;
    return new JournalError(message, { cause: error });
  }
}
