/** What ends when a signal fires. */
export interface Abortable {
  /** The signal has fired, for this reason. */
  abort(reason: unknown): void;
}

/**
 * Who ends when which signal fires. However many share a signal, it has one listener: a signal looks through all of its listeners
 * whenever one is added or removed, which is quadratic for many requests.
 */
export class SignalWatch {
  /** Signals that somebody in flight or in the queue waits for. */
  readonly #watched = new Map<AbortSignal, Watched>();

  /** `item` is aborted when `signal` fires, which it has not yet. */
  watch(signal: AbortSignal, item: Abortable): void {
    const known = this.#watched.get(signal) ?? this.#listen(signal);
    known.items.add(item);
  }

  /** `item` has ended. */
  end(signal: AbortSignal, item: Abortable): void {
    const watched = this.#watched.get(signal);
    if (watched === undefined) return;
    watched.items.delete(item);
    if (watched.items.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener("abort", watched.onAbort);
  }

  #listen(signal: AbortSignal): Watched {
    const items = new Set<Abortable>();
    // The youngest first, who still wait: otherwise each slot that is freed would go to the next, for nothing.
    const onAbort = () => {
      for (const item of Array.from(items).reverse()) item.abort(signal.reason);
    };
    const watched = { items, onAbort };
    this.#watched.set(signal, watched);
    signal.addEventListener("abort", onAbort, { once: true });
    return watched;
  }
}

interface Watched {
  readonly items: Set<Abortable>;
  readonly onAbort: () => void;
}
