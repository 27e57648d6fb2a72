import type { Coroutine } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import type { StrategyInfo } from "../choose-strategies.ts";

/** What a strategy has to do, and with what. */
export interface HashWork {
  /** What to hash, in order. */
  readonly texts: readonly string[];
  readonly difficulty: number;
  /** Saves in flight at most. */
  readonly concurrency: number;
  /** Texts per batch, where a strategy works in batches. */
  readonly batchSize: number;
  /** Threads, where a strategy hashes on threads. */
  readonly threads: number;
  readonly trace: Trace;
  /** Where rows are posted, for a strategy that does so by itself. */
  readonly saveUrl: string;
  /** The file of a strategy that saves into one. */
  readonly file: string;
  /** Hashes on the main thread. */
  hash(text: string): string;
  /** Saves a hash in the database, waits until it is stored, and writes a span. */
  save(text: string, hash: string): Coroutine<void>;
  /** The same without a span, for a strategy whose pipeline writes them. */
  post(text: string, hash: string): Coroutine<void>;
  /** One text is done with; `save` and `post` say so themselves. */
  advance(): void;
}

/** A way of writing the program. */
export interface HashStrategy extends StrategyInfo {
  /** Where the hashes end up. */
  readonly saves: "nowhere" | "file" | "database";
  /** How many saves it has in flight at most. */
  readonly inFlight: (limits: Pick<HashWork, "concurrency" | "batchSize" | "threads">) => number;
  /** True when it computes on threads. */
  readonly onThreads?: boolean;
  /** Hashes, and saves if it does, every text. */
  run(work: HashWork): Coroutine<void>;
}
