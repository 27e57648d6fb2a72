/**
 * JSON of any value: what JSON can't hold stands there as text, so that one odd property doesn't cost the rest.
 */
export function toJson(value: unknown): string {
  const above: unknown[] = [];
  function replace(this: unknown, _key: string, inner: unknown): unknown {
    if (typeof inner === "bigint" || typeof inner === "symbol" || typeof inner === "function")
      return String(inner);
    if (typeof inner !== "object" || inner === null) return inner;
    // The chain of objects around this one ends with `this`.
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(inner)) return "[circular]";
    above.push(inner);
    return inner;
  }
  return JSON.stringify(value, replace) ?? "null";
}
