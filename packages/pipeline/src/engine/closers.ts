import type { Coroutine } from "@overlap/loop";
import type { Closable } from "./stage.ts";
import { resultOf } from "./stage-call.ts";

/** What a run has opened: closed in reverse order, each one whatever happens to the others. */
export class Closers {
  readonly #opened: Closable[] = [];

  add(resource: Closable): void {
    this.#opened.push(resource);
  }

  /** @throws what the first that failed threw. */
  *closeAll(): Coroutine<void> {
    const failures: unknown[] = [];
    for (let next = this.#opened.pop(); next !== undefined; next = this.#opened.pop()) {
      try {
        yield* resultOf<void>(next.close());
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
