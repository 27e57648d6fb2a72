import {
  type Column,
  comparePaired,
  formatMs,
  formatRatio,
  type MedianInterval,
  median,
  medianInterval,
  outliers,
  type PairedComparison,
} from "@overlap/report";
import { perItemMs } from "./comparison.ts";
import type { Runs } from "./repeat.ts";
import type { StrategyRun } from "./run-strategy.ts";

/** What several runs of a strategy say that one can't. */
export interface RepeatedFigures {
  /** Every run's wall time in milliseconds, in the order of the blocks. */
  readonly wallMsOfRuns: readonly number[];
  /** Holds the true median of the wall time; left out with fewer than six runs, which can't give 95 %. */
  readonly wallMsInterval?: MedianInterval;
  /** Runs whose time stands far apart from the others'; they count all the same. */
  readonly outliers: number;
  /** Time for each item, block by block, against the fastest strategy's; left out for that one, and for a single run. */
  readonly againstFastest?: PairedComparison & { readonly fastest: string };
}

/** The figures of every strategy, in their order; `counts` says which may be the fastest. */
export function repeatedFigures<R extends StrategyRun>(
  all: readonly Runs<R>[],
  counts: (run: R) => boolean = () => true,
): RepeatedFigures[] {
  const candidates = all.filter(([first]) => counts(first));
  const fastest = candidates.toSorted((a, b) => medianPerItem(a) - medianPerItem(b))[0];
  return all.map((runs) => {
    const walls = runs.map((run) => run.wallMs);
    const interval = medianInterval(walls);
    const compared = runs.length > 1 && fastest !== undefined && runs !== fastest && counts(runs[0]);
    return {
      wallMsOfRuns: walls,
      outliers: outliers(walls).filter(Boolean).length,
      ...(interval !== undefined && { wallMsInterval: interval }),
      ...(compared && {
        againstFastest: {
          fastest: fastest[0].strategy,
          ...comparePaired(runs.map(perItemMs), fastest.map(perItemMs)),
        },
      }),
    };
  });
}

function medianPerItem(runs: Runs<StrategyRun>): number {
  return median(runs.map(perItemMs));
}

/** Columns for tables of repeated runs. */
export const repeatedColumns: readonly Column<RepeatedFigures>[] = [
  {
    header: "median within",
    value: ({ wallMsOfRuns, wallMsInterval }) => {
      const low = wallMsInterval?.low ?? Math.min(...wallMsOfRuns);
      const high = wallMsInterval?.high ?? Math.max(...wallMsOfRuns);
      return `${formatMs(low)} to ${formatMs(high)}`;
    },
    description:
      "by order statistics, with at least 95 %; with fewer than six runs, the least and the greatest",
  },
  {
    header: "against fastest",
    value: ({ againstFastest }) => againstFastest && describeComparison(againstFastest),
    description: "time for each item, compared block by block",
  },
  { header: "outliers", value: (row) => row.outliers, description: "flagged, and counted all the same" },
];

function describeComparison({ ratio, interval, verdict }: PairedComparison): string {
  if (verdict === "no clear difference") return `no clear difference (${formatRatio(ratio)})`;
  if (interval === undefined) return `${formatRatio(ratio)}, too few runs`;
  return `${formatRatio(ratio)} (${formatRatio(interval.low)} to ${formatRatio(interval.high)})`;
}
