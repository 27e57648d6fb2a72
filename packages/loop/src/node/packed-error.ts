import { describeValue } from "../errors.ts";

/** Something thrown as plain data; structured clone alone drops an error's own properties, and its name unless it is built in. */
export type PackedError =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: readonly PackedError[] }
  | {
      readonly kind: "error";
      /** The built-in class that it is or extends. */
      readonly base: string;
      readonly name: string;
      readonly message: string;
      readonly properties: readonly (readonly [key: string, value: PackedError])[];
    };

/** Own properties of errors that are not enumerable. */
const hiddenKeys = ["stack", "cause", "errors"];

/** Those that are made with a message alone. */
const builtIns = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** Turns what was thrown into data that can be cloned. What cannot be cloned is replaced by a description. */
export function packError(thrown: unknown, around: readonly unknown[] = []): PackedError {
  if (thrown instanceof Error) {
    if (around.includes(thrown)) return { kind: "value", value: `(circular) ${describeValue(thrown)}` };
    return packErrorObject(thrown, [...around, thrown]);
  }
  if (Array.isArray(thrown) && thrown.some((item) => item instanceof Error))
    return { kind: "list", items: thrown.map((item) => packError(item, around)) };
  return { kind: "value", value: toCloneable(thrown) };
}

function packErrorObject(error: Error, around: readonly unknown[]): PackedError {
  const keys = [...hiddenKeys, ...Object.keys(error)].filter((key) => Object.hasOwn(error, key));
  return {
    kind: "error",
    base: baseOf(error),
    name: String(error.name),
    message: String(error.message),
    properties: keys.map((key) => [key, packError(Reflect.get(error, key), around)]),
  };
}

/** The error again. One of a class that is not built in becomes one of the built-in class it extends, with its own name. */
export function unpackError(packed: PackedError): unknown {
  if (packed.kind === "value") return packed.value;
  if (packed.kind === "list") return packed.items.map(unpackError);
  const error = createError(packed.base, packed.name, packed.message);
  if (error.name !== packed.name) define(error, "name", packed.name);
  for (const [key, value] of packed.properties) define(error, key, unpackError(value));
  return error;
}

function createError(base: string, name: string, message: string): Error {
  if (base === "DOMException") return new DOMException(message, name);
  if (base === "AggregateError") return new AggregateError([], message);
  const Class = builtIns.find((builtIn) => builtIn.name === base) ?? Error;
  return new Class(message);
}

function baseOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  if (error instanceof AggregateError) return "AggregateError";
  return builtIns.find((Class) => error instanceof Class)?.name ?? "Error";
}

function define(error: Error, key: string, value: unknown): void {
  const enumerable = !hiddenKeys.includes(key) && key !== "name";
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

function toCloneable(value: unknown): unknown {
  try {
    structuredClone(value);
    return value;
  } catch {
    return describeValue(value);
  }
}
