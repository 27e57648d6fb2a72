import type { Coroutine } from "@overlap/loop";
import type { StrategyInfo } from "../choose-strategies.ts";

/** What a strategy has to do: `download` once for each of `items`. */
interface CrawlWork {
  readonly items: number;
  /** Downloads in flight at most. */
  readonly concurrency: number;
  /** Gets page number `item`, to its last byte. */
  download(item: number): Coroutine<void>;
}

/** A way of writing the crawler. */
export interface CrawlStrategy extends StrategyInfo {
  /** Downloads every page. */
  run(work: CrawlWork): Coroutine<void>;
}
