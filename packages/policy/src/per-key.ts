import { expectPositiveInteger } from "./errors.ts";

/** What can be kept per key: it says when nothing would be lost by making it anew. */
export interface Forgettable {
  /** Nobody uses it, and it remembers nothing. */
  readonly idle: boolean;
}

/** How a {@link PerKey} keeps what it made. */
export interface PerKeyOptions<V> {
  /** So many are kept before idle ones are looked for. An integer of at least 1. @default 1_000 */
  readonly keep?: number;
  /** Told of each that is forgotten, for those that hold something. @default nobody */
  readonly onForget?: (value: V) => void;
}

/**
 * One limit (or whatever else) for each key, made when it is first asked for and forgotten some time after it became idle: memory is
 * bounded by what is in use, not by the keys ever seen.
 *
 * @example
 * const perHost = new PerKey((_host: string) => new FixedLimiter(8));
 * using slot = await perHost.of(new URL(url).host).acquire();
 */
export class PerKey<K, V extends Forgettable> {
  readonly #create: (key: K) => V;
  readonly #keep: number;
  readonly #onForget: (value: V) => void;
  readonly #values = new Map<K, V>();
  /** Idle ones are looked for at this size; it grows with those in use, so that looking stays cheap. */
  #lookAt: number;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(create: (key: K) => V, { keep = 1_000, onForget = () => {} }: PerKeyOptions<V> = {}) {
    this.#create = create;
    this.#keep = expectPositiveInteger("keep", keep);
    this.#onForget = onForget;
    this.#lookAt = keep;
  }

  /** How many are kept. */
  get size(): number {
    return this.#values.size;
  }

  /** The one of `key`; the same each time as long as it is in use. */
  of(key: K): V {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= this.#lookAt) this.forgetIdle();
    const value = this.#create(key);
    this.#values.set(key, value);
    return value;
  }

  /** Those that are kept, in the order in which they were made. */
  values(): IterableIterator<V> {
    return this.#values.values();
  }

  /** Forgets all that are idle, now. */
  forgetIdle(): void {
    for (const [key, value] of this.#values) {
      if (!value.idle) continue;
      this.#values.delete(key);
      this.#onForget(value);
    }
    this.#lookAt = Math.max(this.#keep, 2 * this.#values.size);
  }
}
