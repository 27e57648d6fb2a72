import type { DatabaseSync } from "node:sqlite";
import { JournalTables } from "./journal-tables.ts";
import { openDatabase } from "./open-database.ts";
import { journalFailure, TableJournal } from "./table-journal.ts";

/**
 * A journal in a SQLite file of its own. A commit is on the disk when it returns (WAL, synchronous FULL). While it is open no other
 * process can use the file; when the process dies, the system lets go of it.
 */
export class JournalFile extends TableJournal {
  readonly #close: () => void;

  private constructor(db: DatabaseSync, path: string) {
    super(db, path, new JournalTables(db, ""));
    this.#close = () => db.close();
  }

  /** @throws JournalError when the file can't be opened, is in use, or is something else. */
  static open(path: string): JournalFile {
    try {
      return openDatabase(path, "PRAGMA locking_mode = EXCLUSIVE", (db) => new JournalFile(db, path));
    } catch (error) {
      throw journalFailure(path, "opened", error);
    }
  }

  close(): void {
    this.#close();
  }
}
