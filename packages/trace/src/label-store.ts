/** The longest label that is kept whole, in characters. */
const MAX_LABEL_LENGTH = 120;
/** UTF-8 takes at most three bytes for a code unit. */
const MOST_BYTES = 3 * MAX_LABEL_LENGTH;
const SLOTS = 4_096;
const PAGE_BITS = 16;
const PAGE_BYTES = 1 << PAGE_BITS;
/** One byte for the length in characters, two for that in bytes. */
const HEADER = 3;
const ASCII_END = 0x80;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Labels by small numbers in bounded memory; number 0 is the empty label.
 *
 * Labels are often different for every item (URLs). A hash table of them all would cost more than the span, and to
 * hold the strings themselves would keep alive whatever they were cut from (V8's substrings do) and give the garbage
 * collector work. So a label is copied as UTF-8 into pages of typed arrays, and looked up in one slot only, chosen by
 * its length and its end: one that was used lately (by the stage before, or a constant) is found again, any other is
 * stored anew until `maxBytes` are there. The platform encodes a whole label several times faster than a loop over its
 * characters, but only to the start of a view, and a view is dear: so each page begins with room to encode in.
 */
export class LabelStore {
  readonly #maxPages: number;
  /** Each label is its header, then its bytes; its number is where it starts. None crosses the end of a page. */
  readonly #pages: Uint8Array[] = [new Uint8Array(PAGE_BYTES)];
  #lastPage = this.#pages[0] as Uint8Array; // made in the line above
  /** Where the next label starts; the empty one, of no header and no bytes, is at 0. */
  #end = MOST_BYTES;
  /** The number of the label last stored in each slot; 0 where there is none. */
  readonly #slots = new Uint32Array(SLOTS);

  constructor(maxBytes: number) {
    this.#maxPages = Math.ceil(maxBytes / PAGE_BYTES);
  }

  /** The number of a label, or 0 for the empty one and when the store is full. */
  idOf(label: string): number {
    if (label === "") return 0;
    const key = label.length > MAX_LABEL_LENGTH ? clip(label) : label;
    const slot = slotOf(key);
    const id = this.#slots[slot] ?? 0;
    return id !== 0 && this.#isAt(id, key) ? id : this.#add(key, slot);
  }

  /** The label with that number; half a character in it has become U+FFFD. */
  labelOf(id: number): string {
    if (id === 0) return "";
    const page = this.#pageOf(id);
    const start = id & (PAGE_BYTES - 1);
    return decoder.decode(page.subarray(start + HEADER, start + HEADER + bytesAt(page, start)));
  }

  #isAt(id: number, label: string): boolean {
    const page = this.#pageOf(id);
    const start = id & (PAGE_BYTES - 1);
    if (page[start] !== label.length) return false;
    // While all is ASCII, seen from the end, each character is one byte.
    const shift = start + HEADER + bytesAt(page, start) - label.length;
    for (let at = label.length - 1; at >= 0; at--) {
      const unit = label.charCodeAt(at);
      if (unit >= ASCII_END) return this.labelOf(id) === label;
      if (page[shift + at] !== unit) return false;
    }
    return true;
  }

  #add(label: string, slot: number): number {
    if (!this.#makeRoom()) return 0;
    const page = this.#lastPage;
    const id = this.#end;
    const start = id & (PAGE_BYTES - 1);
    const { written } = encoder.encodeInto(label, page);
    page.copyWithin(start + HEADER, 0, written);
    page[start] = label.length;
    page[start + 1] = written & 0xff;
    page[start + 2] = written >> 8;
    this.#end = id + HEADER + written;
    this.#slots[slot] = id;
    return id;
  }

  /** Sees to it that the longest label fits; false when the store is full. */
  #makeRoom(): boolean {
    const nextPage = this.#pages.length << PAGE_BITS;
    if (this.#end + HEADER + MOST_BYTES <= nextPage) return true;
    if (this.#pages.length >= this.#maxPages) return false;
    this.#lastPage = new Uint8Array(PAGE_BYTES);
    this.#pages.push(this.#lastPage);
    this.#end = nextPage + MOST_BYTES;
    return true;
  }

  #pageOf(id: number): Uint8Array {
    // Ids are given out by #add, which made their page.
    return this.#pages[id >> PAGE_BITS] as Uint8Array;
  }
}

function bytesAt(page: Uint8Array, start: number): number {
  return (page[start + 1] ?? 0) | ((page[start + 2] ?? 0) << 8);
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
