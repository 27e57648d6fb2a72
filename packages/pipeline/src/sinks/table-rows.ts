import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { isRefusedRow } from "../delivery/sqlite-error.ts";
import type { ItemOutcome } from "./sink.ts";

/** The columns of a table: names of properties, or a function for each. */
export type ColumnsOption<Row = never> = readonly string[] | Readonly<Record<string, (row: Row) => unknown>>;

/** What the rows of a table look like. */
export interface TableRowsOptions {
  readonly columns: ColumnsOption<never> | undefined;
  /** Columns that tell rows apart; none where every row is added. */
  readonly keys: readonly string[];
}

type Read = (row: never) => unknown;

const saved: ItemOutcome = { ok: true };

/** Inserts rows into one table, whose columns are given or follow from the rows. */
export class TableRows {
  readonly #db: DatabaseSync;
  readonly #table: string;
  readonly #keys: readonly string[];
  /** How the value of each column is read from a row. */
  readonly #columns = new Map<string, Read>();
  /** Rows may bring columns of their own. */
  readonly #open: boolean;
  #insert: StatementSync | null = null;

  constructor(db: DatabaseSync, table: string, { columns, keys }: TableRowsOptions) {
    this.#db = db;
    this.#table = table;
    this.#keys = keys;
    this.#open = columns === undefined;
    if (columns === undefined) return;
    if (Array.isArray(columns)) for (const name of columns) this.#columns.set(name, property(name));
    else for (const [name, read] of Object.entries(columns)) this.#columns.set(name, read as Read);
  }

  /** Inserts a row, in the transaction that goes on. @throws what SQLite throws when no row can be inserted. */
  insert(row: unknown): ItemOutcome {
    if (this.#open) this.#learn(row);
    this.#insert ??= this.#prepare();
    const values: SQLInputValue[] = [];
    try {
      for (const read of this.#columns.values()) values.push(toSqlValue(read(row as never)));
    } catch (error) {
      return { ok: false, retry: false, error };
    }
    try {
      this.#insert.run(...values);
      return saved;
    } catch (error) {
      if (this.#db.isTransaction && isRefusedRow(error)) return { ok: false, retry: false, error };
      throw error;
    }
  }

  /** What was made in a transaction that was rolled back is gone: looks at the table again before the next row. */
  forgetTable(): void {
    this.#insert = null;
  }

  /** Notes the columns that a row is the first to have. */
  #learn(row: unknown): void {
    const names = typeof row === "object" && row !== null ? Object.keys(row) : [plainValue];
    for (const name of names) {
      if (this.#columns.has(name)) continue;
      this.#columns.set(name, name === plainValue ? itself : property(name));
      this.#insert = null;
    }
  }

  #prepare(): StatementSync {
    this.#fitTable();
    const names = [...this.#columns.keys()];
    const slots = names.map(() => "?").join(", ");
    return this.#db.prepare(
      `INSERT INTO ${quoted(this.#table)} (${list(names)}) VALUES (${slots}) ${this.#onConflict(names)}`,
    );
  }

  /** Makes the table, or adds the columns that it lacks. */
  #fitTable(): void {
    const names = [...this.#columns.keys()];
    const present = this.#db.prepare("SELECT name FROM pragma_table_info(?)").all(this.#table);
    const known = new Set(present.map(({ name }) => name));
    if (known.size === 0) {
      const primaryKey = this.#keys.length > 0 ? `, PRIMARY KEY (${list(this.#keys)})` : "";
      this.#db.exec(`CREATE TABLE ${quoted(this.#table)} (${list(names)}${primaryKey})`);
      return;
    }
    for (const name of names) {
      if (!known.has(name)) this.#db.exec(`ALTER TABLE ${quoted(this.#table)} ADD COLUMN ${quoted(name)}`);
    }
  }

  #onConflict(names: readonly string[]): string {
    if (this.#keys.length === 0) return "";
    const others = names.filter((name) => !this.#keys.includes(name));
    const update = others.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(", ");
    return `ON CONFLICT (${list(this.#keys)}) DO ${others.length === 0 ? "NOTHING" : `UPDATE SET ${update}`}`;
  }
}

function property(name: string): Read {
  return (row: never) => (row as Readonly<Record<string, unknown>>)[name];
}

/** The column of rows that are no objects. */
const plainValue = "value";
function itself(row: never): unknown {
  return typeof row === "object" && row !== null ? (row as { readonly value?: unknown }).value : row;
}

function toSqlValue(value: unknown): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return value as Uint8Array;
  return JSON.stringify(value);
}

function list(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
