import type { DatabaseSync } from "node:sqlite";
import { JournalError, PipelineError } from "../errors.ts";
import type { Journal, JournalChanges, JournalIdentity, JournalState, SetAside } from "./journal.ts";
import type { JournalTables } from "./journal-tables.ts";
import { sqliteReason } from "./sqlite-error.ts";

/** A journal in a database that is open; a commit is a transaction of its own. */
export class TableJournal implements Journal {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #tables: JournalTables;

  constructor(db: DatabaseSync, path: string, tables: JournalTables) {
    this.#db = db;
    this.#path = path;
    this.#tables = tables;
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

  #transaction(write: () => void): void {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      write();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw journalFailure(this.#path, "written", error);
    }
  }
}

/** What was thrown, as an error that names the file. */
export function journalFailure(path: string, what: string, error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  return new JournalError(`the journal ${path} cannot be ${what}: ${sqliteReason(error)}`, { cause: error });
}
