/** An error on its way between threads: structured clone keeps message, stack and cause, the rest is carried by hand. */
interface PackedError {
  readonly error: Error;
  readonly name: string;
  readonly properties: object;
}

/** Prepares what was thrown for another thread. */
export function packError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return cloneable(thrown) ? thrown : String(thrown);
  const properties = Object.fromEntries(Object.entries(thrown).filter(([, value]) => cloneable(value)));
  const packed: PackedError = { error: thrown, name: thrown.name, properties };
  // The name of a DOMException can't be set where it arrives.
  const plain = !(thrown instanceof DOMException) && cloneable(packed);
  return plain ? packed : { ...packed, error: withoutCause(thrown) };
}

/** What was thrown, as it was: its name and its own properties are those it had. */
export function unpackError(packed: unknown): unknown {
  const { error, name, properties } = (packed ?? {}) as Partial<PackedError>;
  if (!(error instanceof Error)) return packed;
  return Object.assign(error, { name }, properties);
}

function withoutCause({ message, stack }: Error): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function cloneable(value: unknown): boolean {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
