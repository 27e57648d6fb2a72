import { DatabaseSync } from "node:sqlite";

/**
 * Opens a SQLite file, or makes it, whose commits are on the disk when they return (WAL, synchronous FULL), and gives what `use` makes
 * of it. If that fails, the file is closed.
 */
export function openDatabase<T>(path: string, pragma: string, use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    db.exec(`${pragma}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`);
    return use(db);
  } catch (error) {
    db.close();
    throw error;
  }
}
