import type { Future } from "@overlap/loop";
import { HttpError, RequestAbortedError, SessionClosedError } from "./errors.ts";
import { type Linked, LinkedQueue } from "./linked-queue.ts";
import { expectCount, expectPositiveInteger } from "./option-checks.ts";
import type { HttpResponse } from "./response.ts";
import type { Scheduler } from "./scheduler.ts";

/** What came of one of many requests. */
export type ManyOutcome<R> =
  | { readonly ok: true; readonly request: R; readonly response: HttpResponse }
  | { readonly ok: false; readonly request: R; readonly error: HttpError };

/** How the outcomes of many requests are given. */
export interface OutcomeOptions {
  /** Whether they come in the order of the requests, and not as soon as they are there. @default false */
  readonly ordered?: boolean;
  /** Outcomes that may lie ready before nothing more is pulled. An integer of at least 1. @default 100 */
  readonly maxReady?: number;
  /**
   * Requests that may wait for a busy, slow or punished host while others are pulled to fill the slots. An integer of at least 0.
   * @default 1_000
   */
  readonly lookahead?: number;
  /** Ends the iteration when it fires: what is in flight is cancelled, and after what lies ready
   * `next()` rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal | undefined;
}

/** What a stream of outcomes needs of its session. */
export interface OutcomeSource<R> {
  readonly requests: Iterable<R> | AsyncIterable<R>;
  readonly send: (request: R) => Future<HttpResponse>;
  readonly scheduler: Scheduler;
  /** Called once, when nothing more will be sent. @default nothing */
  readonly onEnd?: () => PromiseLike<void> | void;
}

/** One request and what has become of it. */
class Job<R> implements Linked<Job<R>> {
  next: Job<R> | null = null;
  previous: Job<R> | null = null;
  readonly request: R;
  readonly answer: Future<HttpResponse>;
  isReady = false;

  constructor(request: R, answer: Future<HttpResponse>) {
    this.request = request;
    this.answer = answer;
  }
}

type Taken<R> = IteratorResult<ManyOutcome<R>, undefined>;

/**
 * The outcomes of very many requests, for one `for await`. Requests are pulled when the session has a slot that nobody who waits can
 * use. Ending the loop early cancels what is in flight and calls the `return()` of the requests' iterator. An error of that
 * iterator is thrown after the outcomes of what was pulled before.
 */
export class OutcomeStream<R> implements AsyncIterableIterator<ManyOutcome<R>, undefined>, AsyncDisposable {
  readonly #source: OutcomeSource<R>;
  readonly #requests: Iterator<R> | AsyncIterator<R>;
  readonly #ordered: boolean;
  readonly #maxReady: number;
  readonly #lookahead: number;
  /** In the order in which they were pulled; those that are ready leave it at once, or when ordered as they are taken. */
  readonly #jobs = new LinkedQueue<Job<R>>();
  /** In the order in which they became ready; stays empty when ordered. */
  readonly #ready = new LinkedQueue<Job<R>>();
  readonly #takers: PromiseWithResolvers<Taken<R>>[] = [];
  #readyCount = 0;
  #stopListening: (() => void) | null = null;
  readonly #signal: AbortSignal | undefined;
  /** A request is being pulled. */
  #pulling = false;
  #exhausted = false;
  #failure: { readonly error: unknown } | null = null;
  #ending: Promise<void> | null = null;
  #ended = false;

  /** @throws InvalidRequestError for an option outside its range. */
  constructor(source: OutcomeSource<R>, options: OutcomeOptions) {
    const { ordered = false, maxReady = 100, lookahead = 1_000, signal } = options;
    const { requests } = source;
    this.#source = source;
    this.#requests =
      Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
    this.#ordered = ordered;
    this.#maxReady = expectPositiveInteger("maxReady", maxReady);
    this.#lookahead = expectCount("lookahead", lookahead);
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next outcome, `done` after the last. */
  next(): Promise<Taken<R>> {
    const job = this.#takeReady();
    if (job !== null) {
      this.#pull();
      return Promise.resolve({ done: false, value: toOutcome(job) });
    }
    if (this.#ended) return this.#conclude();
    const taker = Promise.withResolvers<Taken<R>>();
    this.#takers.push(taker);
    if (this.#ending === null) this.#stopListening ??= this.#source.scheduler.onRoom(this.#pull);
    this.#pull();
    this.#endIfDone();
    return taker.promise;
  }

  /** Stops early: cancels what is in flight, and has the requests' iterator clean up. */
  async return(): Promise<Taken<R>> {
    this.#failure = null;
    await this.#end();
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Sends what there is room for. Called by the session whenever there is, also from within itself. */
  readonly #pull = (): void => {
    if (this.#pulling) return;
    this.#pulling = true;
    while (this.#wantsMore()) {
      const pulled = this.#pullOne();
      if (pulled instanceof Promise) {
        pulled.then(this.#onPulled, this.#onPullFailed);
        return;
      }
      if (pulled !== null) this.#accept(pulled);
    }
    this.#pulling = false;
  };

  #wantsMore(): boolean {
    if (this.#exhausted || this.#ending !== null || this.#readyCount >= this.#maxReady) return false;
    const { scheduler } = this.#source;
    return scheduler.hasRoom && this.#jobs.size < scheduler.limit + this.#lookahead;
  }

  /** `null` when that failed. */
  #pullOne(): IteratorResult<R> | Promise<IteratorResult<R>> | null {
    try {
      return this.#requests.next();
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  readonly #onPulled = (pulled: IteratorResult<R>): void => {
    this.#pulling = false;
    if (this.#ending !== null) return;
    this.#accept(pulled);
    this.#pull();
    this.#endIfDone();
  };

  readonly #onPullFailed = (error: unknown): void => {
    this.#pulling = false;
    this.#fail(error);
    this.#endIfDone();
  };

  #accept(pulled: IteratorResult<R>): void {
    if (pulled.done === true) {
      this.#exhausted = true;
      return;
    }
    const job = new Job<R>(pulled.value, this.#source.send(pulled.value));
    this.#jobs.push(job);
    if (job.answer.done) this.#onReady(job);
    else job.answer.addDoneCallback(() => this.#onReady(job));
  }

  /** What lies ready is given first. */
  readonly #onAbort = (): void => {
    this.#failure = { error: this.#signal?.reason };
    this.#end().catch(() => {}); // the reason counts, not what closing the requests' iterator throws
  };

  #fail(error: unknown): void {
    this.#exhausted = true;
    this.#failure = { error };
  }

  #onReady(job: Job<R>): void {
    if (this.#ending !== null) return;
    job.isReady = true;
    this.#readyCount++;
    if (!this.#ordered) {
      this.#jobs.remove(job);
      this.#ready.push(job);
    }
    this.#serve();
    this.#pull();
    this.#endIfDone();
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const job = this.#takeReady();
      if (job === null) return;
      this.#takers.shift()?.resolve({ done: false, value: toOutcome(job) });
    }
  }

  #takeReady(): Job<R> | null {
    const queue = this.#ordered ? this.#jobs : this.#ready;
    if (queue.first === null || !queue.first.isReady) return null;
    this.#readyCount--;
    return queue.shift();
  }

  #endIfDone(): void {
    if (this.#exhausted && !this.#pulling && this.#jobs.size === 0 && this.#readyCount === 0)
      void this.#end();
  }

  #end(): Promise<void> {
    this.#ending ??= this.#shutDown();
    return this.#ending;
  }

  async #shutDown(): Promise<void> {
    this.#stopListening?.();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    // The youngest first, who still wait: otherwise each slot that is freed would go to the next, for nothing.
    for (const job of Array.from(this.#jobs).reverse()) job.answer.cancel("the iteration ended");
    try {
      if (!this.#exhausted) await this.#closeRequests();
    } finally {
      await this.#source.onEnd?.();
      this.#releaseTakers();
    }
  }

  /** Does not wait for an iterator that is in the middle of something and may never come back. */
  async #closeRequests(): Promise<void> {
    this.#exhausted = true;
    const closing = this.#requests.return?.();
    if (this.#pulling) Promise.resolve(closing).catch(() => {});
    else await closing;
  }

  #releaseTakers(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) this.#conclude().then(taker.resolve, taker.reject);
  }

  /** The failure of the requests' iterator once, then `done`. */
  #conclude(): Promise<Taken<R>> {
    const failure = this.#failure;
    this.#failure = null;
    return failure === null ? Promise.resolve(done) : Promise.reject(failure.error);
  }
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Nobody but a session that was disposed cancels an answer that is given. */
function toOutcome<R>({ request, answer }: Job<R>): ManyOutcome<R> {
  if (answer.cancelled)
    return { ok: false, request, error: new SessionClosedError("the session was closed before it answered") };
  const error = answer.exception();
  return error === undefined
    ? { ok: true, request, response: answer.result() }
    : { ok: false, request, error: error instanceof HttpError ? error : toAborted(error) };
}

/** Only the reason of a request's own signal is no error of this package. */
function toAborted(cause: unknown): RequestAbortedError {
  return new RequestAbortedError("the signal of the request fired", { cause });
}
