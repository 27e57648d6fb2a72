import { hash } from "node:crypto";

/** How an item's way ended, from best to worst: the worst of its children's is its own. */
export const ending = { dropped: 1, delivered: 2, rejected: 3, failed: 4 } as const;

/** One of `ending`: filtered away or without children, saved, set aside, gone wrong. */
export type Ending = (typeof ending)[keyof typeof ending];

/** 132 bits of SHA-256. */
function digestOf(keys: readonly string[]): string {
  return hash("sha256", JSON.stringify(keys), "base64url").slice(0, 22);
}

/** Who hears how the items of the source ended. */
export interface ItemTracker {
  /** An item of the source is done with, and so are all its children. */
  sourceItemEnded(item: Item, how: Ending): void;
  /** A child was saved whose source item may still have others under way. */
  childDelivered(child: Item, sourceItem: Item): void;
}

/**
 * What travels from stage to stage: a value that each stage replaces, and the identity it keeps. An item is of the source, or
 * the child of another (made by `flatMap`), or a batch of members.
 */
export class Item {
  value: unknown;
  /** Its place in the source, or among its parent's children. */
  readonly index: number;
  /** The item it was made from; `null` for items of the source and for batches. */
  readonly parent: Item | null;
  /** What a batch holds. */
  readonly members: readonly Item[] | null;
  /** Set on items of the source. */
  readonly tracker: ItemTracker | null;
  /** The name that the source's `key` gave it. */
  readonly givenKey: string | null;
  /** How its way ended; `null` while it goes on. Kept for items of the source. */
  endedAs: Ending | null = null;
  /** The value with which it came from the source, where somebody may want it back. */
  original: unknown = undefined;
  /** Children that have not ended, and one more while they are still being made. */
  #open = 0;
  #worst: Ending = ending.dropped;

  private constructor(
    value: unknown,
    index: number,
    parent: Item | null,
    members: readonly Item[] | null,
    tracker: ItemTracker | null,
    givenKey: string | null,
  ) {
    this.value = value;
    this.index = index;
    this.parent = parent;
    this.members = members;
    this.tracker = tracker;
    this.givenKey = givenKey;
  }

  static ofSource(value: unknown, index: number, tracker: ItemTracker, givenKey: string | null): Item {
    return new Item(value, index, null, null, tracker, givenKey);
  }

  static batchOf(members: readonly Item[], index: number): Item {
    const values = members.map((member) => member.value);
    return new Item(values, index, null, members, null, null);
  }

  /**
   * Its identity, the same in every run: the source's key or place, `parent/index` for a child, `first..last#hash` for a batch: other
   * members make another key, so that nobody takes a part of a batch for the whole.
   */
  get key(): string {
    if (this.parent !== null) return `${this.parent.key}/${this.index}`;
    if (this.members === null) return this.givenKey ?? String(this.index);
    const keys = this.members.map((member) => member.key);
    return keys.length === 1 ? String(keys[0]) : `${keys[0]}..${keys.at(-1)}#${digestOf(keys)}`;
  }

  /** The item of the source that it comes from; `null` below a batch, which comes from several. */
  get sourceItem(): Item | null {
    let item: Item = this;
    while (item.parent !== null) item = item.parent;
    return item.members === null ? item : null;
  }

  /** Where it stands below its source item, such as `/3/0`. */
  get path(): string {
    return this.parent === null ? "" : `${this.parent.path}/${this.index}`;
  }

  /** All items of the source that something of it comes from: several below a batch. */
  sourceItems(): readonly Item[] {
    if (this.parent !== null) return this.parent.sourceItems();
    return this.members?.flatMap((member) => member.sourceItems()) ?? [this];
  }

  /** It goes on, or has gone wrong: another run may meet it again. */
  get canBeTriedAgain(): boolean {
    return this.endedAs === null || this.endedAs >= ending.rejected;
  }

  /** Children will be made of it: it ends when `endOfChildren` was called and all of them have ended. */
  beginChildren(): void {
    this.#open = 1;
  }

  child(value: unknown, index: number): Item {
    this.#open++;
    return new Item(value, index, this, null, null, null);
  }

  endOfChildren(): void {
    this.#childEnded(ending.dropped);
  }

  /** Its way has ended, once, and with it that of the members of a batch. While children are being made: no more will come. */
  end(how: Ending): void {
    if (this.#open > 0) this.#childEnded(how);
    else if (this.members !== null) for (const member of this.members) member.end(how);
    else this.#endOne(how);
  }

  /** An earlier run has saved this child. */
  wasSavedBefore(): void {
    this.#finish(ending.delivered);
  }

  #endOne(how: Ending): void {
    if (how === ending.delivered && this.parent !== null) this.#tellTracker();
    this.#finish(how);
  }

  #tellTracker(): void {
    const sourceItem = this.sourceItem;
    sourceItem?.tracker?.childDelivered(this, sourceItem);
  }

  #finish(how: Ending): void {
    if (this.parent !== null) return this.parent.#childEnded(how);
    this.endedAs = how;
    this.tracker?.sourceItemEnded(this, how);
  }

  #childEnded(how: Ending): void {
    if (how > this.#worst) this.#worst = how;
    if (--this.#open > 0) return;
    if (this.members === null) this.#finish(this.#worst);
    else for (const member of this.members) member.end(this.#worst);
  }
}
