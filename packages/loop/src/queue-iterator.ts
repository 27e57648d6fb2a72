import { QueueShutDown } from "./errors.ts";
import { FULFILLED, Future, PENDING, type Runnable } from "./future.ts";
import { PullIterator } from "./pull-iterator.ts";

type Taken<T> = IteratorResult<T, undefined>;

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Takes items until the queue is shut down. A `return()` while a `next()` waits withdraws that wait, so no item is taken for nobody. */
export class QueueIterator<T> extends PullIterator<T> {
  readonly #queue: { get(): Future<T> };
  readonly #taking = new Set<Taking<T>>();
  #ended = false;

  constructor(queue: { get(): Future<T> }) {
    super();
    this.#queue = queue;
  }

  override pull(): Taken<T> | Future<Taken<T>> {
    if (this.#ended) return end;
    const item = this.#queue.get();
    if (item.settled === FULFILLED) return { done: false, value: item.result() };
    const taking = new Taking(item, (taken) => this.#taken(taken));
    this.#taking.add(taking);
    return taking;
  }

  override stop(): null {
    this.#ended = true;
    for (const taking of this.#taking) taking.withdraw();
    return null;
  }

  async return(): Promise<Taken<T>> {
    return this.stop() ?? end;
  }

  #taken(taking: Taking<T>): void {
    this.#taking.delete(taking);
    if (taking.settled === FULFILLED && taking.outcome === end) this.#ended = true;
  }
}

/** The step that a `get` will make of its item, or the end when the queue is shut down. */
class Taking<T> extends Future<Taken<T>> implements Runnable {
  readonly #item: Future<T>;
  readonly #whenDone: (taking: Taking<T>) => void;

  constructor(item: Future<T>, whenDone: (taking: Taking<T>) => void) {
    super(item.loop);
    this.#item = item;
    this.#whenDone = whenDone;
    item.addWaiter(this);
  }

  /** False when the item is there: then it is delivered. */
  override cancel(reason?: unknown): boolean {
    if (this.settled === PENDING && !this.#item.cancel(reason)) this.run();
    return super.cancel(reason);
  }

  /** Ends the iteration instead of waiting on; an item that is there is delivered. */
  withdraw(): void {
    if (this.#item.cancel("the iteration has ended")) this.settle(FULFILLED, end);
    else this.run();
  }

  /** @internal The `get` is done. */
  run(): void {
    if (this.settled !== PENDING) return;
    const { settled, outcome } = this.#item;
    if (settled === FULFILLED) this.settle(FULFILLED, { done: false, value: outcome });
    else if (outcome instanceof QueueShutDown) this.settle(FULFILLED, end);
    else this.settle(settled, outcome);
  }

  /** @internal */
  override settle(state: number, outcome: unknown): void {
    super.settle(state, outcome);
    this.#whenDone(this);
  }

  /** @internal */
  override get label(): string {
    return this.#item.label;
  }
}
