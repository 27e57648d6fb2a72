import type { Diagnosis, RunFigures } from "./diagnosis.ts";
import { formatCount, formatShare } from "./format.ts";
import { MOST_MISMATCH } from "./littles-law.ts";
import type { RunShares } from "./run-shares.ts";

const MOST_FAILED = 0.01;
const FEWEST_ITEMS = 10;
const ENOUGH_ITEMS = 50;
/** What is left of the time is too little to take shares of. */
const TOO_CROWDED = 0.5;

/** Failed items, too few of them, wrong instruments, a crowded machine: whatever the other rules would say could be chance. */
export function notConclusive(run: RunFigures, { crowded }: RunShares): Diagnosis | undefined {
  const { items, failed = 0, littleMismatch = 0 } = run;
  if (failed > items * MOST_FAILED) {
    const many = `${formatCount(failed)} of ${formatCount(items)} items failed`;
    return inconclusive(
      `${many}; find out why and run again`,
      "Failed items take another time than good ones.",
    );
  }
  if (littleMismatch > MOST_MISMATCH) {
    const what = `the instruments disagree by ${formatShare(littleMismatch)}`;
    const why = "By Little's law the mean in flight is throughput times mean time.";
    return inconclusive(`${what}; look for work that is recorded twice or not at all`, why);
  }
  if (items < FEWEST_ITEMS) {
    const few = `${formatCount(items)} items are too few`;
    return inconclusive(
      `${few}; run at least ${ENOUGH_ITEMS}`,
      "Starting and ending take a good part of so short a run.",
    );
  }
  if (crowded <= TOO_CROWDED) return undefined;
  const held = `other programs had the cores for ${formatShare(crowded)} of the time`;
  return inconclusive(
    `${held}; run it on a machine with less to do`,
    "The main thread was ready to run all that time.",
  );
}

function inconclusive(what: string, why: string): Diagnosis {
  return { rule: "not-conclusive", headline: `Not conclusive: ${what}.`, why };
}
