const units: readonly (readonly [seconds: number, name: string])[] = [
  [31_557_600, "year"],
  [2_629_800, "month"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** A number of seconds in the largest unit of which there is at least one: `4 minutes`, `2.5 years`. */
export function formatScale(seconds: number): string {
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, "second"];
  const count = seconds / size;
  const written = count < 10 && size > 1 ? count.toFixed(1).replace(/\.0$/, "") : String(Math.round(count));
  return `${written} ${name}${written === "1" ? "" : "s"}`;
}

/** A number of nanoseconds: `1.2 ns`, `85 ns`, `12.5 µs`, `1.30 ms`. */
export function formatNs(ns: number): string {
  if (ns < 100) return `${ns.toFixed(1)} ns`;
  if (ns < 1_000) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toPrecision(3)} ms` : `${(ns / 1e9).toPrecision(3)} s`;
}
