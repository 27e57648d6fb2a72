import type { Fingerprint } from "../sources/record-source.ts";
import type { PositionRange } from "./position-ranges.ts";

/** What a journal belongs to. A run resumes only where these are the same as when the journal was begun. */
export interface JournalIdentity {
  /** What the source is; `null` when it can't be read again. */
  readonly source: Fingerprint | null;
  /** How items are told apart: by their place in the source, or by the keys they were given. */
  readonly by: "position" | "key";
  /** Kinds and names of the stages, in order. */
  readonly stages: readonly string[];
}

/** Why an item is not done though its run is over: it lies in the dead-letter file, or is to be tried by the next run. */
export type SetAside = "rejected" | "failed";

/** What a journal knows when it is opened. */
export interface JournalState {
  readonly identity: JournalIdentity;
  /** Positions that are done with, or set aside. */
  readonly ranges: readonly PositionRange[];
  /** Some items are set aside. */
  readonly hasSetAside: boolean;
  /** Some children were saved whose items are not done with. */
  readonly hasChildren: boolean;
  /** Items of earlier runs, by how they ended. */
  readonly totals: JournalTotals;
}

/** Items of all runs together. */
export interface JournalTotals {
  readonly delivered: number;
  readonly dropped: number;
  readonly rejected: number;
}

/** What has happened since the last commit. */
export interface JournalChanges {
  /** All positions that are done with or set aside; `null` where items are told apart by key. */
  readonly ranges: readonly PositionRange[] | null;
  /** Keys that are done with or rejected. */
  readonly finished: readonly string[];
  /** Items that were set aside, by position or key. */
  readonly setAside: readonly { readonly id: string; readonly how: SetAside }[];
  /** Items that were set aside once, and are done with now. */
  readonly recovered: readonly string[];
  /** Children that were saved whose item is not done with. */
  readonly children: readonly { readonly id: string; readonly path: string }[];
  /** Items that are done with, and of whose children some were noted. */
  readonly complete: readonly string[];
  readonly totals: JournalTotals;
}

/** Where a job remembers what is done. Nothing that is in progress is ever written. */
export interface Journal {
  /** What earlier runs have left; `null` when there was none. */
  load(): JournalState | null;
  /** Begins the journal of a job, in place of what was there. */
  begin(identity: JournalIdentity): void;
  /** From now on this run alone may write: a commit of an earlier one that still runs fails. */
  takeOver(): void;
  isFinished(key: string): boolean;
  setAsideAs(id: string): SetAside | null;
  /** Whether some of the item's children were saved before. */
  hasChildren(id: string): boolean;
  isChildDone(id: string, path: string): boolean;
  /** Writes it, durably and as a whole. */
  commit(changes: JournalChanges): void;
}
