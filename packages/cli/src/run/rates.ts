import type { JobProgress } from "@overlap/pipeline";

/** What a rate is measured over: long enough to be steady, short enough to be the rate now. */
const windowMs = 5_000;

interface Sample {
  readonly atMs: number;
  readonly ended: number;
  readonly out: readonly number[];
}

/** How fast a run is now. */
export class Rates {
  readonly #samples: Sample[] = [];

  /** Notes how far it is. */
  add(progress: JobProgress): void {
    const out = progress.stages.map((stage) => stage.out);
    this.#samples.push({ atMs: progress.wallMs, ended: endedItems(progress), out });
    while ((this.#samples[1]?.atMs ?? Number.POSITIVE_INFINITY) < progress.wallMs - windowMs)
      this.#samples.shift();
  }

  /** Items of the source done with per second; `null` before there is a time to measure over. */
  get itemsPerSecond(): number | null {
    return this.#perSecond(({ ended }) => ended);
  }

  /** What a stage gives on per second. */
  stagePerSecond(index: number): number | null {
    return this.#perSecond(({ out }) => out[index] ?? 0);
  }

  #perSecond(count: (sample: Sample) => number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return null;
    return ((count(last) - count(first)) * 1_000) / (last.atMs - first.atMs);
  }
}

/** Items of the source that are done with, however they ended. */
export function endedItems({ delivered, dropped, rejected, failed }: JobProgress): number {
  return delivered + dropped + rejected + failed;
}
