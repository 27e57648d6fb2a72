const longestText = 60;
const longestValue = 120;
const mostElements = 5;
const deepest = 2;

/**
 * Any value in one short line, never throwing and running none of its code: no getter, no `toString`. Long texts and lists
 * are cut.
 */
export function renderValue(value: unknown): string {
  try {
    return cut(render(value, 0), longestValue);
  } catch {
    return "(unreadable)"; // a revoked proxy, or one whose traps throw
  }
}

function render(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(cut(value, longestText));
  if (typeof value === "bigint") return cut(`${value}n`, longestText);
  if (typeof value === "function") return `[function ${ownText(value, "name") || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return `${errorName(value)}: ${cut(ownText(value, "message"), longestText)}`;
  if (Array.isArray(value)) return renderList(value, depth);
  return renderObject(value, depth);
}

function renderList(list: readonly unknown[], depth: number): string {
  if (depth === deepest) return `[${list.length}]`;
  const shown = Array.from({ length: Math.min(list.length, mostElements) }, (_, i) =>
    renderProperty(list, String(i), depth),
  );
  return `[${[...shown, ...(list.length > mostElements ? ["…"] : [])].join(", ")}]`;
}

function renderObject(value: object, depth: number): string {
  const name = className(value);
  if (name !== "Object" && name !== "") return `[${name}]`;
  if (depth === deepest) return "{…}";
  const keys = Object.keys(value);
  const shown = keys.slice(0, mostElements).map((key) => `${key}: ${renderProperty(value, key, depth)}`);
  if (keys.length === 0) return "{}";
  return `{ ${[...shown, ...(keys.length > mostElements ? ["…"] : [])].join(", ")} }`;
}

function renderProperty(object: object, key: string, depth: number): string {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property === undefined) return "undefined";
  return "value" in property ? render(property.value, depth + 1) : "[getter]";
}

function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "";
  const creator = Object.getOwnPropertyDescriptor(prototype as object, "constructor")?.value as unknown;
  return typeof creator === "function" ? ownText(creator, "name") : "";
}

/** Most errors have their name from their class; few set it on themselves. */
function errorName(error: Error): string {
  return ownText(error, "name") || className(error) || "Error";
}

function ownText(object: object, key: string): string {
  const text = Object.getOwnPropertyDescriptor(object, key)?.value as unknown;
  return typeof text === "string" ? text : "";
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
