import type { Diagnosis, RunFigures } from "./diagnosis.ts";
import { formatCount, formatShare } from "./format.ts";
import { MOST_MISMATCH } from "./littles-law.ts";

const MOST_FAILED = 0.01;
const FEWEST_ITEMS = 10;
const ENOUGH_ITEMS = 50;

/** Failed items, or too few of them: whatever the other rules would say could be chance. */
export function notConclusive({ items, failed = 0, littleMismatch = 0 }: RunFigures): Diagnosis | undefined {
  if (failed > items * MOST_FAILED) {
    return {
      rule: "not-conclusive",
      headline: `Not conclusive: ${formatCount(failed)} of ${formatCount(items)} items failed; find out why and run again.`,
      why: "Failed items take another time than good ones.",
    };
  }
  if (littleMismatch > MOST_MISMATCH) {
    return {
      rule: "not-conclusive",
      headline: `Not conclusive: the instruments disagree by ${formatShare(littleMismatch)}; look for work that is recorded twice or not at all.`,
      why: "By Little's law the mean in flight is throughput times mean time.",
    };
  }
  if (items >= FEWEST_ITEMS) return undefined;
  return {
    rule: "not-conclusive",
    headline: `Not conclusive: ${formatCount(items)} items are too few; run at least ${ENOUGH_ITEMS}.`,
    why: "Starting and ending take a good part of so short a run.",
  };
}
