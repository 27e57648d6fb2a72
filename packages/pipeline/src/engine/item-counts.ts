import { type Ending, ending } from "./item.ts";

/** What became of the items of the source. While a run lasts, `items` is more than the sum of the others. */
export interface ItemCounts {
  /** Items taken from the source to be worked on. */
  readonly items: number;
  /** Saved, they and all that was made of them. */
  readonly delivered: number;
  /** Filtered away, or nothing was made of them. */
  readonly dropped: number;
  /** Gone wrong and set aside in the dead-letter file. */
  readonly rejected: number;
  /** Gone wrong; a run with `resume` tries them again. */
  readonly failed: number;
  /** Left out because an earlier run was done with them; not among `items`. */
  readonly skipped: number;
}

/** Counts of a run that goes on. */
export class RunningCounts implements ItemCounts {
  items = 0;
  delivered = 0;
  dropped = 0;
  rejected = 0;
  failed = 0;
  skipped = 0;

  /** An item of the source has ended. */
  count(how: Ending): void {
    if (how === ending.delivered) this.delivered++;
    else if (how === ending.dropped) this.dropped++;
    else if (how === ending.rejected) this.rejected++;
    else this.failed++;
  }

  snapshot(): ItemCounts {
    const { items, delivered, dropped, rejected, failed, skipped } = this;
    return { items, delivered, dropped, rejected, failed, skipped };
  }
}
