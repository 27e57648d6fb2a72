import type { Coroutine } from "@overlap/loop";
import type { Flow } from "../engine/flow.ts";
import { Gate } from "../engine/gate.ts";
import type { Item } from "../engine/item.ts";
import { UnorderedOutlet } from "../engine/outlet.ts";
import type { StageOpening, StageRun, StageSpec } from "../engine/stage.ts";
import type { StageStats } from "../engine/stage-stats.ts";
import { readIterable } from "../sources/iterable-reader.ts";
import type { SourceReader } from "../sources/reader.ts";

/** Children that lie ready at most. */
const childrenReady = 64;

type Expand = (value: unknown) => Iterable<unknown> | AsyncIterable<unknown>;

/** A stage that makes any number of items of one, in order, as fast as the stage after it takes them. */
export function flatMapStage<T, R>(name: string, fn: (item: T) => Iterable<R> | AsyncIterable<R>): StageSpec {
  return {
    name,
    kind: "flatMap",
    open(opening) {
      const stage = new FlatMap(fn as Expand, opening);
      opening.run.drive(() => stage.drive());
      return stage.outlet;
    },
  };
}

class FlatMap {
  readonly #gate = new Gate();
  readonly #wake = () => this.#gate.open();
  readonly outlet: UnorderedOutlet = new UnorderedOutlet(childrenReady, this.#gate);
  readonly #fn: Expand;
  readonly #upstream: Flow;
  readonly #run: StageRun;
  readonly #stats: StageStats;

  constructor(fn: Expand, { upstream, run, stats }: StageOpening) {
    this.#fn = fn;
    this.#upstream = upstream;
    this.#run = run;
    this.#stats = stats;
  }

  *drive(): Coroutine<void> {
    for (;;) {
      while (this.outlet.full) yield* this.#gate.wait();
      const item = this.#upstream.take();
      if (item !== null) yield* this.#expand(item);
      else if (this.#upstream.ended) break;
      else yield* this.#upstream.ready();
    }
    this.outlet.end();
  }

  *#expand(item: Item): Coroutine<void> {
    const startMs = this.#run.now();
    this.#stats.begin(startMs);
    item.beginChildren();
    try {
      yield* this.#giveChildren(item);
      item.endOfChildren();
    } catch (error) {
      if (this.#run.closing) throw error;
      this.#stats.failed++;
      this.#run.itemFailed(item, this.#stats.name, error, 1);
    } finally {
      this.#stats.end(startMs, this.#run.now());
    }
  }

  *#giveChildren(item: Item): Coroutine<void> {
    const reader = readIterable(this.#fn(item.value));
    try {
      for (let index = 0; ; index++) {
        const value = yield* this.#next(reader);
        if (value.done === true) return;
        this.#give(item.child(value.value, index));
        while (this.outlet.full) yield* this.#gate.wait();
      }
    } finally {
      yield* reader.close();
    }
  }

  #give(child: Item): void {
    if (this.#run.isChildDone(child)) return child.wasSavedBefore();
    this.#stats.out++;
    this.outlet.give(this.outlet.reserve(), child);
  }

  *#next(reader: SourceReader): Coroutine<IteratorResult<unknown>> {
    for (;;) {
      const step = reader.take();
      if (step !== null) return step;
      reader.request(this.#wake);
      yield* this.#gate.wait();
    }
  }
}
