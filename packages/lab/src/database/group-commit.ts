import type { DatabaseRow, NewRow, Store } from "./store.ts";

/** What became of a row that was put in: it is on disk, or nothing of it is. */
export type CommitOutcome =
  | { readonly ok: true; readonly row: DatabaseRow }
  | { readonly ok: false; readonly cause: unknown };

interface PendingRow extends NewRow {
  readonly settle: (outcome: CommitOutcome) => void;
}

/**
 * One transaction for all rows that come in the same turn of the event loop.
 *
 * A durable commit costs a flush to disk, so one for each row would bound the database by the disk. The rows that
 * arrive while a commit blocks the loop are in the next turn, so the batches grow by themselves with the load.
 */
export class GroupCommit {
  readonly #store: Store;
  /** Not empty exactly when a commit is scheduled. */
  #pending: PendingRow[] = [];
  #commits = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many transactions were committed. */
  get commits(): number {
    return this.#commits;
  }

  /** Stores the row at the end of this turn; `settle` is called when it is durable, or when the transaction failed. */
  put(row: NewRow, settle: (outcome: CommitOutcome) => void): void {
    if (this.#pending.push({ ...row, settle }) === 1) setImmediate(() => this.#commitPending());
  }

  #commitPending(): void {
    const pending = this.#pending;
    this.#pending = [];
    const outcomes = this.#commit(pending);
    for (const [index, { settle }] of pending.entries()) {
      // One outcome was made for each pending row.
      settle(outcomes[index] as CommitOutcome);
    }
  }

  #commit(pending: readonly PendingRow[]): CommitOutcome[] {
    try {
      const rows = this.#store.insertAll(pending);
      this.#commits += 1;
      return rows.map((row) => ({ ok: true, row }));
    } catch (cause) {
      return pending.map(() => ({ ok: false, cause }));
    }
  }
}
