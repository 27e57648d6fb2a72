import type { Waitable } from "@overlap/loop";
import { DeadItem } from "../delivery/dead-letter-retry.ts";
import { SourceError } from "../errors.ts";
import { BadRecord } from "../sources/bad-record.ts";
import type { SourceReader } from "../sources/reader.ts";
import type { Flow } from "./flow.ts";
import { Gate } from "./gate.ts";
import { Item, type ItemTracker } from "./item.ts";

/** What the flow of a source tells the run. */
export interface SourceOwner {
  /** The run ends: nothing more is wanted. */
  readonly closing: boolean;
  readonly accounts: ItemTracker & {
    /** False when the item is to be left out. */
    admit(item: Item): boolean;
    itemFailed(item: Item, stage: string, error: unknown, attempts: number): void;
  };
  abort(error: unknown): void;
}

/** How a source is read. */
export interface SourceFlowOptions {
  /** Names an item. */
  readonly key: ((value: never) => string) | null;
  /** Ends after so many items, those left out not counted. */
  readonly maxItems: number;
  /** Items that come from a dead-letter file know their position, not their key. */
  readonly idIsPosition: boolean;
  /** Remembers with which value each item came. */
  readonly keepOriginals: boolean;
}

/** The items of a source, numbered and named, up to its end or until it is told to stop. */
export class SourceFlow implements Flow {
  readonly size = 0;
  readonly #reader: SourceReader;
  readonly #owner: SourceOwner;
  readonly #options: SourceFlowOptions;
  readonly #arrival = new Gate();
  readonly #wake = () => this.#arrival.open();
  #ended = false;
  #exhausted = false;
  #position = 0;
  #admitted = 0;

  constructor(reader: SourceReader, owner: SourceOwner, options: SourceFlowOptions) {
    this.#reader = reader;
    this.#owner = owner;
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The source has no more items. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Gives no more items, also to somebody who waits for one. */
  stop(): void {
    this.#ended = true;
    this.#arrival.open();
  }

  take(): Item | null {
    while (!this.#ended && this.#admitted < this.#options.maxItems) {
      const step = this.#owner.closing ? null : this.#read();
      if (step === null) return null;
      if (step.done === true) {
        this.#exhausted = true;
        break;
      }
      const item = this.#admit(step.value);
      if (item !== null) return item;
    }
    this.#ended = true;
    return null;
  }

  ready(): Waitable<void> {
    this.#reader.request(this.#wake);
    return this.#arrival.wait();
  }

  /** A source that throws ends the run, and gives nothing any more. */
  #read(): IteratorResult<unknown> | null {
    try {
      return this.#reader.take();
    } catch (error) {
      this.#owner.abort(new SourceError(error));
      return null;
    }
  }

  /** The next item; `null` for one that is not to go on. */
  #admit(raw: unknown): Item | null {
    const position = this.#position++;
    if (raw instanceof BadRecord) return this.#refuse(position, raw.text, raw.error);
    const index = raw instanceof DeadItem && this.#options.idIsPosition ? Number(raw.id) : position;
    const value = raw instanceof DeadItem ? raw.value : raw;
    let key: string | null;
    try {
      key = this.#options.key?.(value as never) ?? null;
    } catch (error) {
      return this.#refuse(index, value, error);
    }
    return this.#take(Item.ofSource(value, index, this.#owner.accounts, key));
  }

  #refuse(index: number, value: unknown, error: unknown): null {
    const item = this.#take(Item.ofSource(value, index, this.#owner.accounts, null));
    if (item !== null) this.#owner.accounts.itemFailed(item, "source", error, 1);
    return null;
  }

  #take(item: Item): Item | null {
    if (!this.#owner.accounts.admit(item)) return null;
    if (this.#options.keepOriginals) item.original = item.value;
    this.#admitted++;
    return item;
  }
}
