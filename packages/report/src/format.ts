const thousands = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A time for people, with three significant digits: `0.420 ms`, `15.5 ms`, `830 ms`, `1.25 s`, `2 min 32 s`. */
export function formatMs(timeMs: number): string {
  if (timeMs < 999.5) return `${threeDigits(timeMs)} ms`;
  if (timeMs < 99_950) return `${threeDigits(timeMs / 1_000)} s`;
  const seconds = Math.round(timeMs / 1_000);
  return `${thousands.format(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** A count for people: `12,000`. */
export function formatCount(count: number): string {
  return thousands.format(count);
}

/** A count with its noun: `1 span`, `12,000 spans`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A ratio for people: `1.03 ×`, `12.6 ×`, `107 ×`. */
export function formatRatio(ratio: number): string {
  return `${threeDigits(ratio)} ×`;
}

/** A share of 1 for people: `87 %`. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return thousands.format(value);
  if (size >= 9.995) return value.toFixed(1);
  return value.toFixed(size >= 0.9995 || size === 0 ? 2 : 3);
}
