import type { LoopFailure } from "./failure-report.ts";

/** A failure that nobody has looked at yet. Holds the error, never its object, so that the object can be forgotten. */
interface Unseen<F> {
  readonly failure: F;
}

/** The one thing of a host that matters here: Node says when it exits, a browser does not. */
interface Host {
  readonly process?: { once?(event: "exit", listener: () => void): void };
}

/** The watches that have something unseen. One listener serves all: there may be very many loops, one after the other. */
const watching = new Set<{ reportAll(): void }>();
let listening = false;

function listenForExit(): void {
  if (listening) return;
  listening = true;
  (globalThis as Host).process?.once?.("exit", () => {
    for (const watch of watching) watch.reportAll();
  });
}

/**
 * Reports failures that nobody looked at: when the future (or whatever it is) is garbage-collected, or at the latest when the process
 * exits. Each is reported once.
 */
export class FailureWatch<F extends LoopFailure = LoopFailure> {
  readonly #report: (failure: F) => void;
  readonly #unseen = new Set<Unseen<F>>();
  readonly #byTarget = new WeakMap<object, Unseen<F>>();
  readonly #registry = new FinalizationRegistry<Unseen<F>>((unseen) => this.#tell(unseen));

  constructor(report: (failure: F) => void) {
    this.#report = report;
  }

  watch(target: object, failure: F): void {
    const unseen = { failure };
    this.#unseen.add(unseen);
    this.#byTarget.set(target, unseen);
    this.#registry.register(target, unseen, target);
    watching.add(this);
    listenForExit();
  }

  forget(target: object): void {
    const unseen = this.#byTarget.get(target);
    if (unseen === undefined) return;
    this.#remove(unseen);
    this.#registry.unregister(target);
  }

  /** Reports what is unseen now without waiting any longer. */
  reportAll(): void {
    for (const unseen of this.#unseen) this.#tell(unseen);
  }

  #tell(unseen: Unseen<F>): void {
    if (this.#remove(unseen)) this.#report(unseen.failure);
  }

  #remove(unseen: Unseen<F>): boolean {
    const wasUnseen = this.#unseen.delete(unseen);
    if (this.#unseen.size === 0) watching.delete(this);
    return wasUnseen;
  }
}
