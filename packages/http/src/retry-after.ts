/**
 * Milliseconds that a `Retry-After` asks for (RFC 9110, 10.2.3: seconds, or a date); `null` when there is none, or none
 * that can be read.
 */
export function parseRetryAfterMs(value: unknown, epochMs: number = Date.now()): number | null {
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text !== "string" || text.trim() === "") return null;
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1_000;
  const whenMs = Date.parse(trimmed);
  return Number.isNaN(whenMs) ? null : Math.max(0, whenMs - epochMs);
}
