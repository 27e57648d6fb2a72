import { type Coroutine, currentLoop, type TimerHandle } from "@overlap/loop";
import { BatchSizer } from "@overlap/policy";
import { onBatchTook } from "../engine/batch-times.ts";
import type { Flow } from "../engine/flow.ts";
import { Gate } from "../engine/gate.ts";
import { Item } from "../engine/item.ts";
import type { StageOpening, StageRun, StageSpec } from "../engine/stage.ts";
import type { StageStats } from "../engine/stage-stats.ts";
import { expectMilliseconds, expectPositiveInteger, ItemTooLargeError } from "../errors.ts";
import { BatchOutlet } from "./batch-outlet.ts";
import { byteSize } from "./byte-size.ts";

/** Options of `.batch()`: when a batch goes out, whichever comes first. The end of the input sends the last one. */
export interface BatchOptions<T = never> {
  /**
   * Items in a batch at most; at least 1. `"auto"` finds the smallest number of which the next stage's calls, a sink's or `.io()`'s, have
   * no more than a tenth of fixed cost; and whenever that stage has nothing to do, it gets what there is. @default 100
   */
  readonly items?: number | "auto";
  /** Bytes in a batch at most, never exceeded: an item that is larger by itself fails. At least 1. @default Infinity */
  readonly bytes?: number;
  /** Milliseconds from its first item until it goes out as it is; at least 0. @default Infinity */
  readonly withinMs?: number;
  /** Bytes of an item. @default UTF-8 of a string, the length of binary data, else the length of its JSON */
  readonly sizeOf?: (item: T) => number;
  /** What the stage is called in summaries and the journal. @default "batch" */
  readonly name?: string;
}

/** A stage that collects items into arrays. */
export function batchStage<T>(name: string, options: BatchOptions<T>): StageSpec {
  const { items = 100, bytes = Number.POSITIVE_INFINITY, withinMs = Number.POSITIVE_INFINITY } = options;
  if (items !== "auto") expectPositiveInteger("items", items);
  expectPositiveInteger("bytes", bytes);
  expectMilliseconds("withinMs", withinMs);
  const sizeOf = (bytes < Number.POSITIVE_INFINITY ? (options.sizeOf ?? byteSize) : () => 0) as SizeOf;
  return {
    name,
    kind: "batch",
    open(opening) {
      const stage = new Batching({ items, bytes, withinMs, sizeOf }, opening);
      opening.run.drive(() => stage.drive());
      return stage.outlet;
    },
  };
}

type SizeOf = (value: unknown) => number;

interface Limits {
  readonly items: number | "auto";
  readonly bytes: number;
  readonly withinMs: number;
  readonly sizeOf: SizeOf;
}

/** One batch is filled while the one before lies ready; nothing is taken beyond that. */
class Batching {
  readonly #gate = new Gate();
  readonly outlet: BatchOutlet;
  readonly #sizer: BatchSizer | null;
  readonly #limits: Limits;
  readonly #upstream: Flow;
  readonly #run: StageRun;
  readonly #stats: StageStats;
  #filling: Item[] = [];
  #bytes = 0;
  #timer: TimerHandle | null = null;
  /** Its time is over, and the batch before it still lies there. */
  #overdue = false;

  constructor(limits: Limits, { upstream, run, stats }: StageOpening) {
    this.#limits = limits;
    this.#sizer = limits.items === "auto" ? new BatchSizer() : null;
    const onAsked = this.#sizer === null ? () => {} : () => this.#handOver();
    this.outlet = new BatchOutlet({ open: () => this.#taken() }, onAsked);
    this.#upstream = upstream;
    this.#run = run;
    this.#stats = stats;
  }

  *drive(): Coroutine<void> {
    try {
      for (;;) {
        const item = this.#upstream.take();
        if (item !== null) yield* this.#add(item);
        else if (this.#upstream.ended) break;
        else {
          if (this.#sizer !== null && this.outlet.isAskedFor) this.#handOver();
          yield* this.#upstream.ready();
        }
      }
      yield* this.#flush();
    } finally {
      this.#timer?.cancel();
    }
    this.outlet.end();
  }

  *#add(item: Item): Coroutine<void> {
    this.#stats.in++;
    const size = this.#measure(item);
    if (size === null) return;
    if (this.#bytes + size > this.#limits.bytes) yield* this.#flush();
    this.#filling.push(item);
    this.#bytes += size;
    if (this.#filling.length === 1) this.#startTimer();
    if (this.#filling.length >= this.#mostItems || this.#bytes >= this.#limits.bytes) yield* this.#flush();
  }

  get #mostItems(): number {
    const { items } = this.#limits;
    return items === "auto" ? (this.#sizer?.items ?? 1) : items;
  }

  /** The item's bytes; `null` when it has failed, because it fits into no batch. */
  #measure(item: Item): number | null {
    const { bytes, sizeOf } = this.#limits;
    try {
      const size = sizeOf(item.value);
      if (size <= bytes) return size;
      throw new ItemTooLargeError(size, bytes);
    } catch (error) {
      this.#stats.failed++;
      this.#run.itemFailed(item, this.#stats.name, error, 1);
      return null;
    }
  }

  #startTimer(): void {
    const { withinMs } = this.#limits;
    if (withinMs === Number.POSITIVE_INFINITY) return;
    this.#timer = currentLoop().callLater(withinMs, () => {
      if (this.outlet.full) this.#overdue = true;
      else this.#handOver();
    });
  }

  *#flush(): Coroutine<void> {
    while (this.outlet.full && this.#filling.length > 0) yield* this.#gate.wait();
    this.#handOver();
  }

  #handOver(): void {
    this.#timer?.cancel();
    this.#overdue = false;
    if (this.#filling.length === 0) return;
    const batch = Item.batchOf(this.#filling, this.#stats.out++);
    this.#watch(batch, this.#filling.length);
    this.#filling = [];
    this.#bytes = 0;
    this.outlet.give(this.outlet.reserve(), batch);
  }

  #watch(batch: Item, items: number): void {
    const sizer = this.#sizer;
    if (sizer !== null) onBatchTook(batch, (durationMs) => sizer.observe(items, durationMs));
  }

  #taken(): void {
    if (this.#overdue) this.#handOver();
    this.#gate.open();
  }
}
