import { type Ending, ending, type Item } from "../engine/item.ts";
import { JournalError, type StageError } from "../errors.ts";
import type { DeadLetterFile } from "./dead-letter-file.ts";
import type { DeadLetterRetry } from "./dead-letter-retry.ts";
import type { Journal, JournalChanges, JournalState, SetAside } from "./journal.ts";
import { PositionRanges } from "./position-ranges.ts";

/** What a ledger works with. */
export interface LedgerParts {
  readonly journal: Journal | null;
  readonly by: "position" | "key";
  /** What earlier runs have left. */
  readonly state: JournalState | null;
  readonly deadLetters: DeadLetterFile | null;
  /** The dead letters that are tried again, when nothing else is wanted. */
  readonly retry: DeadLetterRetry | null;
}

/**
 * Keeps account of what is done, and what of it the journal knows. An item is entered when it has ended, never while it is under way;
 * what was entered is durable after the next commit.
 */
export class Ledger {
  readonly #journal: Journal | null;
  /** What earlier runs have left; `null` when there was none, and nothing has to be looked up. */
  readonly #state: JournalState | null;
  readonly #byPosition: boolean;
  readonly #retry: DeadLetterRetry | null;
  readonly #deadLetters: DeadLetterFile | null;
  readonly #ranges: PositionRanges;
  readonly #totals: { delivered: number; dropped: number; rejected: number };
  #finished: string[] = [];
  #setAside: { readonly id: string; readonly how: SetAside }[] = [];
  #recovered: string[] = [];
  #children: { readonly sourceItem: Item; readonly path: string }[] = [];
  #complete: string[] = [];
  /** Items in flight that were set aside before. */
  readonly #triedAgain = new Map<string, SetAside>();
  /** Items in flight some of whose children the journal knows. */
  readonly #knownChildren = new Set<string>();
  #dirty = false;
  /** A commit has failed: what is entered here may be more than what was saved, and must not be written. */
  #broken = false;

  constructor({ journal, by, state, deadLetters, retry }: LedgerParts) {
    this.#journal = journal;
    this.#state = state;
    this.#byPosition = by === "position";
    this.#retry = retry;
    this.#deadLetters = deadLetters;
    this.#ranges = new PositionRanges(state?.ranges);
    this.#totals = { delivered: 0, dropped: 0, rejected: 0, ...state?.totals };
  }

  /** Something was entered that is not durable yet. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Nothing is written any more, because a commit has failed. */
  get broken(): boolean {
    return this.#broken;
  }

  /** False when the item is done with, or set aside, and to be left out. */
  admit(item: Item): boolean {
    if (this.#journal === null || !this.#canBeNoted(item)) return true;
    const id = this.idOf(item);
    if (this.#state === null) return this.#retry === null;
    const entered = this.#byPosition ? this.#ranges.has(item.index) : this.#journal.isFinished(id);
    const aside = entered && this.#state.hasSetAside ? this.#journal.setAsideAs(id) : null;
    const wanted = this.#retry === null ? !entered || aside === "failed" : aside === "rejected";
    if (!wanted) this.#retry?.tried(id);
    else if (aside !== null) this.#triedAgain.set(id, aside);
    if (wanted && this.#state.hasChildren && this.#journal.hasChildren(id)) this.#knownChildren.add(id);
    return wanted;
  }

  /** Whether the child was saved by an earlier run, which ended before its item was done with. */
  isChildDone(child: Item): boolean {
    if (this.#journal === null || this.#state?.hasChildren !== true) return false;
    const { sourceItem } = child;
    if (sourceItem === null) return false;
    const id = this.idOf(sourceItem);
    return this.#knownChildren.has(id) && this.#journal.isChildDone(id, child.path);
  }

  /** A record that can't be read has no key; its place says nothing where items are told apart by keys, so each run meets it. */
  #canBeNoted(item: Item): boolean {
    return this.#byPosition || item.givenKey !== null;
  }

  /** How the journal and the dead-letter file know an item of the source. */
  idOf(item: Item): string {
    return this.#byPosition ? String(item.index) : item.key;
  }

  /** Whether items that have gone wrong go into a dead-letter file. */
  get setsAside(): boolean {
    return this.#deadLetters !== null;
  }

  /** Puts an item that has gone wrong into the dead-letter file. */
  setAside(item: Item, error: StageError): void {
    this.#dirty = true;
    for (const sourceItem of item.sourceItems()) {
      const source = { id: this.idOf(sourceItem), value: sourceItem.original };
      this.#deadLetters?.add(item, error, source);
    }
  }

  childDelivered(child: Item, sourceItem: Item): void {
    if (this.#journal === null) return;
    this.#children.push({ sourceItem, path: child.path });
    this.#dirty = true;
  }

  sourceItemEnded(item: Item, how: Ending): void {
    const id = this.idOf(item);
    if (how !== ending.failed) this.#retry?.tried(id);
    if (this.#journal === null || !this.#canBeNoted(item)) return;
    this.#dirty = true;
    const before = this.#triedAgain.get(id);
    if (before === undefined) this.#enter(item, id, how);
    if (how === ending.failed || how === ending.rejected) this.#enterSetAside(id, how, before);
    else this.#enterDone(id, how, before);
    this.#triedAgain.delete(id);
    this.#knownChildren.delete(id);
  }

  /** Writes what was entered, if anything was. @throws JournalError, DeadLetterError. */
  commit(): void {
    if (this.#dirty && !this.#broken) this.commitWith((changes) => this.#journal?.commit(changes));
  }

  /**
   * Has `write` write what was entered, after the letters. When that fails nothing is written any more: the entries may say more
   * than what was saved.
   *
   * @throws JournalError when it has failed before; DeadLetterError; what `write` throws.
   */
  commitWith(write: (changes: JournalChanges) => void): void {
    if (this.#broken)
      throw new JournalError("the journal could not be written before, and is not written any more");
    this.#broken = true;
    this.#deadLetters?.flush();
    write(this.#takeChanges());
    this.#dirty = false;
    this.#broken = false;
  }

  /** Notes that nobody is to come back to this item; a key that has failed is not noted, so that the next run tries it. */
  #enter(item: Item, id: string, how: Ending): void {
    if (this.#byPosition) this.#ranges.add(item.index);
    else if (how !== ending.failed) this.#finished.push(id);
  }

  #enterDone(id: string, how: Ending, before: SetAside | undefined): void {
    if (how === ending.delivered) this.#totals.delivered++;
    else this.#totals.dropped++;
    if (before === "rejected") this.#totals.rejected--;
    if (before !== undefined) this.#recovered.push(id);
    if (this.#knownChildren.has(id)) this.#complete.push(id);
  }

  #enterSetAside(id: string, how: Ending, before: SetAside | undefined): void {
    if (how === ending.rejected) {
      if (before !== "rejected") this.#totals.rejected++;
      this.#setAside.push({ id, how: "rejected" });
    } else if (this.#byPosition && before === undefined) this.#setAside.push({ id, how: "failed" });
  }

  #takeChanges(): JournalChanges {
    const children = this.#children.filter(({ sourceItem }) => sourceItem.canBeTriedAgain);
    const noted = children.map(({ sourceItem, path }) => ({ id: this.idOf(sourceItem), path }));
    for (const { sourceItem } of children)
      if (sourceItem.endedAs === null) this.#knownChildren.add(this.idOf(sourceItem));
    const changes: JournalChanges = {
      ranges: this.#byPosition ? this.#ranges.toJSON() : null,
      finished: this.#finished,
      setAside: this.#setAside,
      recovered: this.#recovered,
      children: noted,
      complete: this.#complete,
      totals: this.#totals,
    };
    this.#finished = [];
    this.#setAside = [];
    this.#recovered = [];
    this.#children = [];
    this.#complete = [];
    return changes;
  }
}
