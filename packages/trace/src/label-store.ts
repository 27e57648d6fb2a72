/** The longest label that is kept whole, in characters. */
const MAX_LABEL_LENGTH = 120;
const SLOTS = 4_096;
const PAGE_BITS = 16;
const PAGE_UNITS = 1 << PAGE_BITS;

/**
 * Labels by small numbers in bounded memory; number 0 is the empty label.
 *
 * Labels are often different for every item (URLs). A hash table of them all would cost more than the span, and to
 * hold the strings themselves would keep alive whatever they were cut from (V8's substrings do) and give the garbage
 * collector work. So a label is copied as UTF-16 into pages of typed arrays, and looked up in one slot only, chosen by
 * its length and its end: one that was used lately (by the stage before, or a constant) is found again, any other is
 * stored anew until `maxCharacters` are there.
 */
export class LabelStore {
  readonly #maxPages: number;
  /** Each label is its length, then its code units; its number is where it starts. None crosses the end of a page. */
  readonly #pages: Uint16Array[] = [new Uint16Array(PAGE_UNITS)];
  /** Where the next label starts; 0 holds the empty label. */
  #end = 1;
  /** The number of the label last stored in each slot; 0 where there is none. */
  readonly #slots = new Uint32Array(SLOTS);

  constructor(maxCharacters: number) {
    this.#maxPages = Math.ceil(maxCharacters / PAGE_UNITS);
  }

  /** The number of a label, or 0 for the empty one and when the store is full. */
  idOf(label: string): number {
    if (label === "") return 0;
    const key = label.length > MAX_LABEL_LENGTH ? clip(label) : label;
    const slot = slotOf(key);
    const id = this.#slots[slot] ?? 0;
    return this.#isAt(id, key) ? id : this.#add(key, slot);
  }

  labelOf(id: number): string {
    const page = this.#pageOf(id);
    const start = (id & (PAGE_UNITS - 1)) + 1;
    return String.fromCharCode(...page.subarray(start, start + (page[start - 1] ?? 0)));
  }

  #isAt(id: number, label: string): boolean {
    const page = this.#pageOf(id);
    const start = id & (PAGE_UNITS - 1);
    if (page[start] !== label.length) return false;
    for (let at = label.length; at > 0; at--) {
      if (page[start + at] !== label.charCodeAt(at - 1)) return false;
    }
    return true;
  }

  #add(label: string, slot: number): number {
    const id = this.#room(label.length + 1);
    if (id === 0) return 0;
    const page = this.#pageOf(id);
    const start = id & (PAGE_UNITS - 1);
    page[start] = label.length;
    for (let at = 0; at < label.length; at++) page[start + 1 + at] = label.charCodeAt(at);
    this.#slots[slot] = id;
    return id;
  }

  /** Where `units` fit, or 0 when the store is full. */
  #room(units: number): number {
    const nextPage = this.#pages.length << PAGE_BITS;
    if (this.#end + units > nextPage) {
      if (this.#pages.length >= this.#maxPages) return 0;
      this.#pages.push(new Uint16Array(PAGE_UNITS));
      this.#end = nextPage;
    }
    const start = this.#end;
    this.#end += units;
    return start;
  }

  #pageOf(id: number): Uint16Array {
    // Ids are given out by #room, which made their page.
    return this.#pages[id >> PAGE_BITS] as Uint16Array;
  }
}

function slotOf(label: string): number {
  const end = label.length - 1;
  let hash = label.length;
  for (let at = end; at >= 0 && at > end - 5; at--) hash = (Math.imul(hash, 31) + label.charCodeAt(at)) | 0;
  return (hash ^ (hash >>> 12)) & (SLOTS - 1);
}

/** Keeps both ends: URLs differ in either. */
function clip(label: string): string {
  const half = MAX_LABEL_LENGTH / 2;
  return `${label.slice(0, half)}…${label.slice(1 - half)}`;
}
