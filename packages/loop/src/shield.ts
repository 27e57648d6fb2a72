import { currentLoop } from "./current.ts";
import { CANCELLED, Future, PENDING, type Runnable } from "./future.ts";
import { type ResultOf, type Source, toFuture } from "./source.ts";

/**
 * Protects `source` from a cancel of whoever waits: the wait ends cancelled, the source goes on. A failure after that is
 * reported, as nobody waits for it any more. A coroutine or an operation becomes a task of the run.
 *
 * Shield work that must be finished, not the granting of a permit or an item: when the wait was cancelled, nobody would
 * take it.
 *
 * @throws InvalidArgumentError when `source` cannot be waited for.
 * @example
 * yield* shield(saveCheckpoint());
 */
export function shield<S extends Source<unknown>>(source: S): Future<ResultOf<S>> {
  const inner = toFuture(currentLoop(), source) as Future<ResultOf<S>>;
  return inner.done ? inner : new Shield(inner);
}

class Shield<T> extends Future<T> implements Runnable {
  readonly #inner: Future<T>;

  constructor(inner: Future<T>) {
    super(inner.loop);
    this.#inner = inner;
    inner.addObserver(this);
  }

  /** False when the source is done: then its outcome stands. */
  override cancel(reason?: unknown): boolean {
    if (this.settled === PENDING && this.#inner.done) this.run();
    return super.cancel(reason);
  }

  /** @internal The source is done. */
  run(): void {
    if (this.settled !== PENDING) return;
    this.#inner.look();
    super.settle(this.#inner.settled, this.#inner.outcome);
  }

  /** @internal */
  override settle(state: number, outcome: unknown): void {
    if (state === CANCELLED) this.#inner.removeWaiter(this);
    super.settle(state, outcome);
  }

  /** @internal */
  override get label(): string {
    return `${this.#inner.label}, shielded`;
  }
}
