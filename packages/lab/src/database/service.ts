import { Admission } from "./admission.ts";
import { DueTimes } from "./due-times.ts";
import { type CommitOutcome, GroupCommit } from "./group-commit.ts";
import { type LatencyPercentiles, LatencyWindow } from "./latency-window.ts";
import type { ResolvedOptions } from "./options.ts";
import { type Random, randomWord, seededRandom } from "./random.ts";
import type { DatabaseRow, Store } from "./store.ts";

/** One row to store, as it was asked for. */
export interface AddRequest {
  readonly name: string;
  /** Without one, a random word of ten letters is stored. */
  readonly value: string | undefined;
  readonly delayMs: number;
}

/** How an {@link AddRequest} ended. Only `stored` has changed the file. */
export type AddOutcome =
  | { readonly kind: "stored"; readonly row: DatabaseRow }
  | { readonly kind: "busy"; readonly retryAfterMs: number }
  | { readonly kind: "injected" }
  | { readonly kind: "uncommitted"; readonly cause: unknown }
  | { readonly kind: "closing" };

/** What the service counted since it started. */
export interface ServiceCounts {
  /** `/add` requests in service now. */
  readonly inFlight: number;
  /** The most that were ever in service at once. */
  readonly peakInFlight: number;
  /** `/add` requests in the queue now. */
  readonly waiting: number;
  /** Rows stored and answered. */
  readonly served: number;
  /** Requests answered 429. */
  readonly rejected: number;
  /** Requests answered 503 because of `failRate`, and 500 because their commit failed. */
  readonly failed: number;
  /** Transactions committed; `served / commits` is the mean size of a batch. */
  readonly commits: number;
  /** From arrival to answer, the wait in the queue included, over the last 10,000 requests that were in service. */
  readonly latencyMs: LatencyPercentiles;
}

/** A request between its arrival and its answer. */
interface Visit {
  readonly name: string;
  readonly value: string;
  readonly serviceMs: number;
  readonly fails: boolean;
  readonly arrivedMs: number;
  readonly answer: (outcome: AddOutcome) => void;
}

const valueLetters = 10;

/** The way of a row: door → service time → injected failure → commit → answer. It knows nothing of HTTP. */
export class AddService {
  readonly #jitterMs: number;
  readonly #failRate: number;
  readonly #admission: Admission<Visit>;
  readonly #dueTimes = new DueTimes();
  readonly #commits: GroupCommit;
  readonly #latencies = new LatencyWindow();
  readonly #failure: Random;
  readonly #jitter: Random;
  readonly #value: Random;
  #closing = false;
  #served = 0;
  #rejected = 0;
  #failed = 0;

  constructor(options: ResolvedOptions, store: Store) {
    this.#jitterMs = options.jitterMs;
    this.#failRate = options.failRate;
    this.#admission = new Admission(options, (visit) => this.#serve(visit));
    this.#commits = new GroupCommit(store);
    this.#failure = seededRandom(options.seed, "failure");
    this.#jitter = seededRandom(options.seed, "jitter");
    this.#value = seededRandom(options.seed, "value");
  }

  /** Whether {@link close} was called. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Counters and percentiles of now. */
  counts(): ServiceCounts {
    return {
      inFlight: this.#admission.inService,
      peakInFlight: this.#admission.peakInService,
      waiting: this.#admission.waiting,
      served: this.#served,
      rejected: this.#rejected,
      failed: this.#failed,
      commits: this.#commits.commits,
      latencyMs: this.#latencies.percentiles(),
    };
  }

  /**
   * Stores a row and calls `answer` exactly once, unless the request is withdrawn before.
   *
   * @returns how to withdraw it while it waits in the queue, where there is nothing to do later; undefined when it doesn't
   * wait. A request in service runs to its end, as it does in a real database.
   */
  add(request: AddRequest, answer: (outcome: AddOutcome) => void): (() => void) | undefined {
    if (this.#closing) {
      answer({ kind: "closing" });
      return undefined;
    }
    const visit = this.#draw(request, answer);
    const entry = this.#admission.enter(visit);
    if (entry.kind === "refused") {
      this.#rejected += 1;
      answer({ kind: "busy", retryAfterMs: entry.retryAfterMs });
    }
    return entry.kind === "waiting" ? () => this.#admission.withdraw(visit) : undefined;
  }

  /** Admits nobody any more, tells the waiting so, and resolves when everybody in service is answered. */
  close(): Promise<void> {
    this.#closing = true;
    for (const { answer } of this.#admission.dismiss()) answer({ kind: "closing" });
    return this.#admission.emptied();
  }

  /** Everything random is drawn on arrival, so that it depends only on the seed and on the order of arrival. */
  #draw({ name, value, delayMs }: AddRequest, answer: Visit["answer"]): Visit {
    return {
      name,
      value: value ?? randomWord(this.#value, valueLetters),
      serviceMs: delayMs + this.#jitter() * this.#jitterMs,
      fails: this.#failure() < this.#failRate,
      arrivedMs: performance.now(),
      answer,
    };
  }

  #serve(visit: Visit): void {
    if (visit.serviceMs > 0) this.#dueTimes.after(visit.serviceMs, () => this.#complete(visit));
    else this.#complete(visit);
  }

  #complete(visit: Visit): void {
    if (visit.fails) {
      this.#finish(visit, { kind: "injected" });
      return;
    }
    const row = { name: visit.name, value: visit.value, time: Date.now() };
    this.#commits.put(row, (outcome) => this.#finish(visit, toAddOutcome(outcome)));
  }

  #finish(visit: Visit, outcome: AddOutcome): void {
    if (outcome.kind === "stored") this.#served += 1;
    else this.#failed += 1;
    this.#latencies.record(performance.now() - visit.arrivedMs);
    visit.answer(outcome);
    this.#admission.leave();
  }
}

function toAddOutcome(outcome: CommitOutcome): AddOutcome {
  return outcome.ok ? { kind: "stored", row: outcome.row } : { kind: "uncommitted", cause: outcome.cause };
}
