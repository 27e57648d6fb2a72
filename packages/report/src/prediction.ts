import type { RunFigures } from "./diagnosis.ts";
import type { RunShares } from "./run-shares.ts";

/** What a higher limit should bring. */
export interface Prediction {
  readonly limit: number;
  readonly wallMs: number;
}

const WORTH_RAISING = 1.2;

/**
 * The limit at which computing becomes the bottleneck, W / c for W ms an answer and c ms of CPU an item (Little's law
 * with the CPU full), and the wall time that it should take; `undefined` when it isn't clearly above the limit there is.
 */
export function withMoreInFlight(run: RunFigures, shares: RunShares): Prediction | undefined {
  const { items, limit } = run;
  const { answerMs, itemCpuMs } = shares;
  // With a limit of 1 the item's own computing comes before its request; else it falls into the others' waiting.
  const slotMs = answerMs + (limit === 1 ? itemCpuMs : 0);
  const full = itemCpuMs > 0 ? slotMs / itemCpuMs : items;
  const better = Math.min(items, twoDigits(full));
  if (better < limit * WORTH_RAISING || better <= limit) return undefined;
  const wallMs = Math.max(itemCpuMs * items + answerMs, Math.ceil(items / better) * answerMs);
  return wallMs < run.wallMs ? { limit: better, wallMs } : undefined;
}

/** A prediction has no more digits than that. */
function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}
