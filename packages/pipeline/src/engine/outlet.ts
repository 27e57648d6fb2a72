import type { Waitable } from "@overlap/loop";
import { Fifo } from "./fifo.ts";
import type { Flow } from "./flow.ts";
import { Gate } from "./gate.ts";
import type { Item } from "./item.ts";

/** Where one item's result will stand among the others. */
export interface Place {
  /** `undefined` until it is known; `null` when nothing will come. */
  item: Item | null | undefined;
}

/** What a stage puts its results into, and the one after it takes them from. */
export interface Outlet extends Flow {
  /** Results that may lie ready; a few more may come that were under way. */
  limit: number;
  /** As many lie ready as may: the stage stops taking until there is room again. */
  readonly full: boolean;
  /** An item begins its way through the stage; in the order in which they were taken. */
  reserve(): Place;
  /** It comes out, as `item`. */
  give(place: Place, item: Item): void;
  /** It doesn't come out: it was dropped, or has failed. */
  giveUp(place: Place): void;
  /** No more will be given. */
  end(): void;
}

/** Told when something was taken, and there is room again. */
export interface RoomListener {
  open(): void;
}

/** Results in the order in which they come. */
export class UnorderedOutlet implements Outlet {
  readonly #items = new Fifo<Item>();
  /** Results that may lie ready; a few more may come that were under way. */
  limit: number;
  readonly #room: RoomListener;
  readonly #arrival = new Gate();
  #closed = false;
  /** Order does not matter, so one place stands for all. */
  readonly #place: Place = { item: undefined };

  /** `room` hears when a result is taken. */
  constructor(limit: number, room: RoomListener) {
    this.limit = limit;
    this.#room = room;
  }

  get full(): boolean {
    return this.#items.size >= this.limit;
  }

  get ended(): boolean {
    return this.#closed && this.#items.size === 0;
  }

  get size(): number {
    return this.#items.size;
  }

  reserve(): Place {
    return this.#place;
  }

  give(_place: Place, item: Item): void {
    this.#items.push(item);
    this.#arrival.open();
  }

  giveUp(_place: Place): void {}

  end(): void {
    this.#closed = true;
    this.#arrival.open();
  }

  take(): Item | null {
    if (this.#items.size === 0) return null;
    const item = this.#items.shift();
    this.#room.open();
    return item;
  }

  ready(): Waitable<void> {
    return this.#arrival.wait();
  }
}

/** Results in the order in which their items were taken: one that comes early waits for those before it. */
export class OrderedOutlet implements Outlet {
  readonly #places = new Fifo<Place>();
  /** Results that may lie ready; a few more may come that were under way. */
  limit: number;
  readonly #room: RoomListener;
  readonly #arrival = new Gate();
  /** Results that are known, also those that wait for one before them. */
  #known = 0;
  #closed = false;

  constructor(limit: number, room: RoomListener) {
    this.limit = limit;
    this.#room = room;
  }

  get full(): boolean {
    return this.#known >= this.limit;
  }

  get ended(): boolean {
    return this.#closed && this.#places.size === 0;
  }

  get size(): number {
    return this.#known;
  }

  reserve(): Place {
    const place: Place = { item: undefined };
    this.#places.push(place);
    return place;
  }

  give(place: Place, item: Item): void {
    place.item = item;
    this.#known++;
    this.#settled(place);
  }

  giveUp(place: Place): void {
    place.item = null;
    this.#settled(place);
  }

  end(): void {
    this.#closed = true;
    this.#arrival.open();
  }

  take(): Item | null {
    const first = this.#places.peek()?.item;
    if (first === undefined || first === null) return null;
    this.#places.shift();
    this.#known--;
    this.#dropEmptyPlaces();
    this.#room.open();
    return first;
  }

  ready(): Waitable<void> {
    return this.#arrival.wait();
  }

  #settled(place: Place): void {
    if (this.#places.peek() !== place) return;
    this.#dropEmptyPlaces();
    this.#arrival.open();
    this.#room.open();
  }

  #dropEmptyPlaces(): void {
    while (this.#places.peek()?.item === null) this.#places.shift();
  }
}
