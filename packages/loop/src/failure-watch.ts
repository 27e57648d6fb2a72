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

/** The watches that have something unseen. One listener serves all: there may be very many loops, one after the other. */
const watching = new Set<FailureWatch>();
let listening = false;

function listenForExit(): void {
  if (listening) return;
  listening = true;
  (globalThis as Host).process?.once?.("exit", () => {
    for (const watch of watching) watch.reportAll();
  });
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
    watching.add(this);
    listenForExit();
  }

  forget(future: Future<unknown>): void {
    const unseen = this.#byFuture.get(future);
    if (unseen === undefined) return;
    this.#remove(unseen);
    this.#registry.unregister(future);
  }

  /** Reports what is unseen now without waiting any longer. */
  reportAll(): void {
    for (const unseen of this.#unseen) this.#tell(unseen);
  }

  #tell(unseen: Unseen): void {
    if (this.#remove(unseen)) this.#report(unseen.failure);
  }

  #remove(unseen: Unseen): boolean {
    const wasUnseen = this.#unseen.delete(unseen);
    if (this.#unseen.size === 0) watching.delete(this);
    return wasUnseen;
  }
}
