import type { DatabaseSync } from "node:sqlite";
import type { JournalTables } from "../delivery/journal-tables.ts";
import { sqliteReason } from "../delivery/sqlite-error.ts";
import type { ItemContext } from "../engine/stage.ts";
import type { CallContext } from "../engine/stage-call.ts";
import { PipelineError, SinkError } from "../errors.ts";
import type { BatchOutcomes, InSink, ItemOutcome, RowWriter, StoredCall } from "./sink.ts";
import type { TableRows } from "./table-rows.ts";

/** A call whose rows wait for their transaction. */
interface Waiting {
  readonly rows: readonly unknown[];
  readonly context: ItemContext;
  readonly resolve: (result: BatchOutcomes) => void;
  readonly reject: (error: unknown) => void;
}

/** The journal, where the sink keeps it. */
export interface KeptJournal {
  readonly inSink: InSink;
  readonly tables: JournalTables;
}

/** Saves the rows of all calls of one turn in one transaction, and with them, if it keeps it, the journal. */
export class TableWriter implements RowWriter<unknown> {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #rows: TableRows;
  readonly #kept: KeptJournal | null;
  #waiting: Waiting[] = [];

  constructor(db: DatabaseSync, path: string, rows: TableRows, kept: KeptJournal | null) {
    this.#db = db;
    this.#path = path;
    this.#rows = rows;
    this.#kept = kept;
  }

  write(rows: readonly unknown[], context: ItemContext): Promise<BatchOutcomes> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, context, resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#saveAll());
    });
  }

  close(): void {
    this.#db.close();
  }

  #saveAll(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    try {
      const results = this.#transaction(calls);
      for (const [index, call] of calls.entries()) call.resolve(results[index] as BatchOutcomes);
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#rows.forgetTable();
      const failure = this.#failure(error);
      for (const { reject } of calls) reject(failure);
    }
  }

  /** Gives what each call is to return. */
  #transaction(calls: readonly Waiting[]): readonly unknown[] {
    this.#db.exec("BEGIN IMMEDIATE");
    const stored = calls.map(
      (call): StoredCall => ({ context: call.context, outcomes: this.#insertAll(call) }),
    );
    if (this.#kept !== null) return this.#commitWithJournal(this.#kept, stored);
    this.#db.exec("COMMIT");
    return stored;
  }

  /** The members of a batch are saved one by one; an item that is an array is saved as a whole, or not at all. */
  #insertAll({ rows, context }: Waiting): readonly ItemOutcome[] {
    const oneByOne = rows.length === 1 || (context as CallContext).item.members !== null;
    if (oneByOne) return rows.map((row) => this.#rows.insert(row));
    this.#db.exec("SAVEPOINT item");
    const outcomes = rows.map((row) => this.#rows.insert(row));
    if (outcomes.some(({ ok }) => !ok)) {
      this.#db.exec("ROLLBACK TO item");
      this.#rows.forgetTable();
    }
    this.#db.exec("RELEASE item");
    return outcomes;
  }

  #commitWithJournal({ inSink, tables }: KeptJournal, stored: readonly StoredCall[]): readonly unknown[] {
    return inSink.commit(stored, (changes) => {
      tables.write(changes);
      this.#db.exec("COMMIT");
    });
  }

  #failure(error: unknown): PipelineError {
    if (error instanceof PipelineError) return error;
    return new SinkError(`cannot write ${this.#path}: ${sqliteReason(error)}`, { cause: error });
  }
}
