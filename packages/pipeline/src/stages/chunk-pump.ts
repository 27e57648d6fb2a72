import type { Coroutine } from "@overlap/loop";
import type { Flow } from "../engine/flow.ts";
import { Gate } from "../engine/gate.ts";
import type { Item } from "../engine/item.ts";
import { OrderedOutlet, type Place, UnorderedOutlet } from "../engine/outlet.ts";
import type { Closable, StageOpening, StageRun } from "../engine/stage.ts";
import type { StageStats } from "../engine/stage-stats.ts";
import { ThreadModuleError, ThreadTimeoutError } from "../errors.ts";
import { ChunkSize } from "../threads/chunk-size.ts";
import { unpackError } from "../threads/packed-error.ts";
import type { ThreadResults } from "../threads/thread-entry.ts";
import type { ThreadFunction } from "../threads/thread-function.ts";
import { chunksPerThread, ThreadPool } from "../threads/thread-pool.ts";
import { type ThreadWatch, watchThread } from "../threads/thread-watch.ts";

/** What a cpu stage was declared with. */
export interface ChunkSettings {
  readonly name: string;
  readonly threads: number;
  readonly chunk: number | "auto";
  readonly ordered: boolean;
  readonly timeoutMs: number;
  readonly transfer: boolean;
}

/** An item in a chunk, and where its result will stand. */
interface Entry {
  readonly item: Item;
  readonly place: Place;
}

/** Sends items to threads in chunks, and takes their results. */
export class ChunkPump implements Closable {
  readonly outlet: UnorderedOutlet | OrderedOutlet;
  readonly #gate = new Gate();
  readonly #settings: ChunkSettings;
  readonly #upstream: Flow;
  readonly #run: StageRun;
  readonly #stats: StageStats;
  readonly #pool: ThreadPool;
  readonly #size = new ChunkSize();
  #chunks = 0;
  /** What a thread still brings is not done. */
  #over = false;

  constructor(fn: ThreadFunction<never, unknown>, settings: ChunkSettings, opening: StageOpening) {
    const { threads, transfer, ordered, timeoutMs } = settings;
    this.#settings = settings;
    this.#upstream = opening.upstream;
    this.#run = opening.run;
    this.#stats = opening.stats;
    const onError = (error: Error) => this.#run.abort(error);
    const killable = timeoutMs < Number.POSITIVE_INFINITY;
    this.#pool = new ThreadPool(fn, { threads, transfer, killable, onError });
    this.outlet = ordered ? new OrderedOutlet(1, this.#gate) : new UnorderedOutlet(1, this.#gate);
  }

  *drive(): Coroutine<void> {
    try {
      yield* this.#sendAll();
      while (this.#chunks > 0) yield* this.#gate.wait();
    } finally {
      this.#over = true;
    }
    this.outlet.end();
  }

  *#sendAll(): Coroutine<void> {
    const most = this.#settings.threads * chunksPerThread;
    for (;;) {
      this.outlet.limit = most * this.#chunkSize;
      while (this.#chunks >= most || this.outlet.full) yield* this.#gate.wait();
      const chunk = this.#takeChunk();
      if (chunk.length > 0) this.#send(chunk);
      else if (this.#upstream.ended) return;
      else yield* this.#upstream.ready();
    }
  }

  /** Ends the threads; what they had in their hands is not done. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  get #chunkSize(): number {
    return this.#settings.chunk === "auto" ? this.#size.items : this.#settings.chunk;
  }

  /** What is there now: a chunk does not wait to be full. */
  #takeChunk(): Entry[] {
    const chunk: Entry[] = [];
    const nowMs = this.#run.now();
    for (const size = this.#chunkSize; chunk.length < size; ) {
      const item = this.#upstream.take();
      if (item === null) break;
      this.#stats.begin(nowMs);
      chunk.push({ item, place: this.outlet.reserve() });
    }
    return chunk;
  }

  #send(chunk: readonly Entry[], alone = false): void {
    this.#chunks++;
    const values = chunk.map(({ item }) => item.value);
    const call = this.#pool.call(values, alone);
    const limitMs = this.#settings.timeoutMs * chunk.length;
    const watch = limitMs < Number.POSITIVE_INFINITY ? watchThread(call, limitMs) : null;
    call.results.then(
      (results) => this.#back(watch, () => this.#arrived(chunk, results)),
      (error: unknown) => this.#back(watch, () => this.#lost(chunk, alone, watch?.expired === true, error)),
    );
  }

  #back(watch: ThreadWatch | null, act: () => void): void {
    watch?.end();
    if (this.#over) return;
    this.#chunks--;
    try {
      act();
    } catch (error) {
      this.#run.abort(error);
    }
    this.#gate.open();
  }

  #arrived(chunk: readonly Entry[], { startMs, endMs, values, failures }: ThreadResults): void {
    this.#size.observe(chunk.length, (endMs.at(-1) ?? startMs) - startMs);
    const failed = new Map(failures);
    let beginMs = startMs;
    for (const [index, entry] of chunk.entries()) {
      const doneMs = endMs[index] ?? beginMs;
      this.#stats.endAfter(doneMs - beginMs, this.#run.now());
      const ok = !failed.has(index);
      this.#span(entry.item, beginMs, doneMs, ok);
      if (ok) this.#give(entry, values[index]);
      else this.#fail(entry, unpackError(failed.get(index)));
      beginMs = doneMs;
    }
  }

  /** The thread has died, or something can't be copied: each item goes alone now, so that the one to blame is found. */
  #lost(chunk: readonly Entry[], alone: boolean, expired: boolean, error: unknown): void {
    const [entry] = chunk;
    if (error instanceof ThreadModuleError) this.#run.abort(error);
    else if (entry !== undefined && (alone || (expired && chunk.length === 1)))
      this.#blame(entry, expired, error);
    else for (const each of chunk) this.#send([each], true);
  }

  #blame(entry: Entry, expired: boolean, error: unknown): void {
    this.#stats.endAfter(0, this.#run.now());
    this.#fail(entry, expired ? new ThreadTimeoutError(this.#settings.timeoutMs) : error);
  }

  #give({ item, place }: Entry, value: unknown): void {
    item.value = value;
    this.#stats.out++;
    this.outlet.give(place, item);
  }

  #fail({ item, place }: Entry, error: unknown): void {
    this.#stats.failed++;
    this.outlet.giveUp(place);
    this.#run.itemFailed(item, this.#settings.name, error, 1);
  }

  #span(item: Item, startMs: number, endMs: number, ok: boolean): void {
    const { name } = this.#settings;
    this.#run.trace?.span(name, "cpu", item.givenKey ?? name, startMs, endMs, ok);
  }
}
