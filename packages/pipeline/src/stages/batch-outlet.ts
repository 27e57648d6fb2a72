import type { Item } from "../engine/item.ts";
import { type Place, type RoomListener, UnorderedOutlet } from "../engine/outlet.ts";

/** One batch lies ready; who asks for one where there is none says so. */
export class BatchOutlet extends UnorderedOutlet {
  readonly #onAsked: () => void;
  #isAskedFor = false;

  /** `room` hears when a batch is taken, `onAsked` when one is wanted and there is none; it may give one at once. */
  constructor(room: RoomListener, onAsked: () => void) {
    super(1, room);
    this.#onAsked = onAsked;
  }

  /** The next stage has nothing to do. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  override take(): Item | null {
    if (this.size === 0) this.#onAsked();
    const batch = super.take();
    this.#isAskedFor = batch === null;
    return batch;
  }

  override give(place: Place, item: Item): void {
    this.#isAskedFor = false;
    super.give(place, item);
  }
}
