const smallest = 64;
const largestKept = 65_536;

/** Decides what of `ready` runs in the batch that begins, and in which order; the rest stays ready. */
export type ReadyOrder<T> = (ready: T[]) => { readonly batch: T[]; readonly later: readonly T[] };

/**
 * What is ready, in two arrays that change places: one is filled while the other runs. Only what was ready when a batch began
 * runs in it. The arrays are kept and written by index: pushing onto new ones, or a ring that is read and written at once,
 * takes half as long again.
 */
export class ReadyBatches<T> {
  /** The batch that runs, up to `end`; `at` is the item whose turn it is. */
  batch: (T | undefined)[] = new Array(smallest).fill(undefined);
  end = 0;
  at = 0;
  #ready: (T | undefined)[] = new Array(smallest).fill(undefined);
  #count = 0;
  readonly #order: ReadyOrder<T> | null;

  /** First in, first out, unless an `order` is given. */
  constructor(order: ReadyOrder<T> | null = null) {
    this.#order = order;
  }

  /** True when nothing is ready and the batch has ended. */
  get empty(): boolean {
    return this.#count === 0 && this.at === this.end;
  }

  push(item: T): void {
    if (this.#count === this.#ready.length) this.#ready = grown(this.#ready);
    this.#ready[this.#count++] = item;
  }

  /** Begins the next batch; goes on with the last one when that has not ended. */
  begin(): void {
    if (this.at < this.end) return;
    const batch = this.#ready;
    this.#ready = this.batch.length > largestKept ? new Array(smallest).fill(undefined) : this.batch;
    this.batch = batch;
    this.end = this.#count;
    this.at = 0;
    this.#count = 0;
    if (this.#order !== null) this.#reorder(this.#order);
  }

  /** Drops what is ready; no batch runs. */
  clear(): void {
    while (!this.empty) {
      this.begin();
      this.finish();
    }
  }

  /** Forgets what has run. */
  finish(): void {
    this.batch.fill(undefined, 0, this.end);
    this.end = 0;
    this.at = 0;
  }

  #reorder(order: ReadyOrder<T>): void {
    const { batch, later } = order(this.batch.slice(0, this.end) as T[]); // filled up to the end
    this.batch = batch;
    this.end = batch.length;
    for (const item of later) this.push(item);
  }
}

function grown<T>(items: (T | undefined)[]): (T | undefined)[] {
  const larger: (T | undefined)[] = new Array(items.length * 2).fill(undefined);
  for (let i = 0; i < items.length; i++) larger[i] = items[i];
  return larger;
}
