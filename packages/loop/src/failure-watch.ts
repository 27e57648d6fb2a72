import type { Future } from "./future.ts";
import type { LoopFailure } from "./loop.ts";

/** A failure that nobody has looked at yet. Holds the error, never the future, so that the future can be forgotten. */
interface Unseen {
  readonly failure: LoopFailure;
}

/** The one thing of a host that matters here: Node says when it exits, a browser does not. */
interface Host {
  readonly process?: { once?(event: "exit", listener: () => void): void };
}

/**
 * Reports failures that nobody looked at: when the future is garbage-collected, or at the latest when the process
 * exits. Each is reported once.
 */
export class FailureWatch {
  readonly #report: (failure: LoopFailure) => void;
  readonly #unseen = new Set<Unseen>();
  readonly #byFuture = new WeakMap<Future<unknown>, Unseen>();
  readonly #registry = new FinalizationRegistry<Unseen>((unseen) => this.#tell(unseen));
  #listening = false;

  constructor(report: (failure: LoopFailure) => void) {
    this.#report = report;
  }

  watch(future: Future<unknown>): void {
    const name = (future as { readonly name?: string }).name;
    const what = name === undefined ? "a future" : `task ${name}`;
    const unseen = { failure: { message: `${what} failed and nobody looked at it`, error: future.outcome } };
    this.#unseen.add(unseen);
    this.#byFuture.set(future, unseen);
    this.#registry.register(future, unseen, future);
    this.#listen();
  }

  forget(future: Future<unknown>): void {
    const unseen = this.#byFuture.get(future);
    if (unseen === undefined) return;
    this.#unseen.delete(unseen);
    this.#registry.unregister(future);
  }

  /** Reports what is unseen now without waiting any longer. */
  reportAll(): void {
    for (const unseen of this.#unseen) this.#tell(unseen);
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    (globalThis as Host).process?.once?.("exit", () => this.reportAll());
  }

  #tell(unseen: Unseen): void {
    if (this.#unseen.delete(unseen)) this.#report(unseen.failure);
  }
}
