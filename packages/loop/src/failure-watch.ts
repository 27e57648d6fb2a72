import type { LoopFailure } from "./failure-report.ts";

/** A failure that nobody has looked at yet. Holds the error, never its object, so that the object can be forgotten. */
interface Unseen<F> {
  readonly failure: F;
}

/** The one thing of a host that matters here: Node says when it exits, a browser does not. */
interface Host {
  readonly process?: { once?(event: "exit", listener: () => void): void };
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
  #listening = false;

  constructor(report: (failure: F) => void) {
    this.#report = report;
  }

  watch(target: object, failure: F): void {
    const unseen = { failure };
    this.#unseen.add(unseen);
    this.#byTarget.set(target, unseen);
    this.#registry.register(target, unseen, target);
    this.#listen();
  }

  forget(target: object): void {
    const unseen = this.#byTarget.get(target);
    if (unseen === undefined) return;
    this.#unseen.delete(unseen);
    this.#registry.unregister(target);
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

  #tell(unseen: Unseen<F>): void {
    if (this.#unseen.delete(unseen)) this.#report(unseen.failure);
  }
}
