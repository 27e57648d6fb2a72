import { CancelledError } from "./errors.ts";
import { CANCELLED, FAILED, FULFILLED, Future, PENDING, type Runnable } from "./future.ts";
import { type ResultOf, type Source, type StartedSources, startAll } from "./source.ts";

/** How one source of `gatherSettled` ended. A cancelled one has a `CancelledError`. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/**
 * The results of all sources, in their order. Coroutines and operations become tasks of the run; the same one given twice
 * runs once. The first failure, or the first source that is cancelled, fails the whole at once; the others go on, and what
 * they fail with later is not reported. Cancelling cancels every source and is done when the last has ended.
 *
 * For tasks that must not outlive each other use `taskGroup`.
 *
 * @throws InvalidArgumentError when something among the sources cannot be waited for.
 * @example
 * const [user, orders] = yield* gather([fetchUser(id), fetchOrders(id)]);
 */
export function gather<const S extends readonly Source<unknown>[]>(
  sources: S,
): Future<{ -readonly [K in keyof S]: ResultOf<S[K]> }>;
export function gather<T>(sources: Iterable<Source<T>>): Future<T[]>;
export function gather(sources: Iterable<Source<unknown>>): Future<unknown> {
  return new Gathering(startAll("gather", sources), allResults);
}

/**
 * How all sources ended, in their order, when the last one has. Never fails because of a source; cancelling it cancels every
 * source, and it ends cancelled when they have ended, whatever they did.
 *
 * @throws InvalidArgumentError when something among the sources cannot be waited for.
 * @example
 * for (const outcome of yield* gatherSettled(urls.map(fetchPage))) {
 *   if (outcome.ok) pages.push(outcome.value);
 * }
 */
export function gatherSettled<const S extends readonly Source<unknown>[]>(
  sources: S,
): Future<{ -readonly [K in keyof S]: Outcome<ResultOf<S[K]>> }>;
export function gatherSettled<T>(sources: Iterable<Source<T>>): Future<Outcome<T>[]>;
export function gatherSettled(sources: Iterable<Source<unknown>>): Future<unknown> {
  return new Gathering(startAll("gatherSettled", sources), allOutcomes);
}

/** What the futures come to together. */
interface Policy {
  /** The first future that did not bring a value ends the gathering. */
  readonly failsFast: boolean;
  /** The value when all are done. */
  conclude(futures: readonly Future<unknown>[]): unknown;
}

const allResults: Policy = {
  failsFast: true,
  conclude: (futures) => futures.map((future) => future.outcome),
};

const allOutcomes: Policy = {
  failsFast: false,
  conclude: (futures) =>
    futures.map((future): Outcome<unknown> => {
      if (future.settled === FULFILLED) return { ok: true, value: future.outcome };
      return { ok: false, error: future.outcome };
    }),
};

class Gathering extends Future<unknown> {
  readonly #futures: readonly Future<unknown>[];
  readonly #policy: Policy;
  /** How many have not been counted as done. */
  #left: number;
  #cancel: CancelledError | null = null;

  constructor({ loop, futures }: StartedSources, policy: Policy) {
    super(loop);
    this.#futures = futures;
    this.#policy = policy;
    this.#left = futures.length;
    for (const future of futures) future.addWaiter(new Member(this, future));
    if (futures.length === 0) this.settle(FULFILLED, policy.conclude(futures));
  }

  /** Passes the cancel on, and ends when the last source has. False when all sources are done: then the results stand. */
  override cancel(reason?: unknown): boolean {
    if (this.settled !== PENDING) return false;
    let reached = false;
    for (const future of this.#futures) if (future.cancel(reason)) reached = true;
    if (reached) this.#cancel ??= new CancelledError(reason);
    else this.#conclude();
    return reached;
  }

  /** @internal */
  override get label(): string {
    return `${this.#left} of ${this.#futures.length} gathered`;
  }

  /** @internal */
  memberDone(future: Future<unknown>): void {
    this.#left--;
    if (this.settled !== PENDING) return;
    if (this.#left === 0) this.#conclude();
    else if (this.#policy.failsFast && this.#cancel === null && future.settled !== FULFILLED) {
      this.settle(future.settled, future.outcome);
    }
  }

  /** All are done. */
  #conclude(): void {
    const lost = this.#policy.failsFast ? firstLost(this.#futures) : undefined;
    if (lost?.settled === FAILED) this.settle(FAILED, lost.outcome);
    else if (this.#cancel !== null) this.settle(CANCELLED, this.#cancel);
    else if (lost !== undefined) this.settle(CANCELLED, lost.outcome);
    else this.settle(FULFILLED, this.#policy.conclude(this.#futures));
  }
}

class Member implements Runnable {
  readonly #gathering: Gathering;
  readonly #future: Future<unknown>;

  constructor(gathering: Gathering, future: Future<unknown>) {
    this.#gathering = gathering;
    this.#future = future;
  }

  run(): void {
    this.#gathering.memberDone(this.#future);
  }
}

/** One that failed, else one that was cancelled. */
function firstLost(futures: readonly Future<unknown>[]): Future<unknown> | undefined {
  return (
    futures.find((future) => future.settled === FAILED) ??
    futures.find((future) => future.settled === CANCELLED)
  );
}
