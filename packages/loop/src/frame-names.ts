import type { Coroutine } from "./waitable.ts";

/** What a frame is called that only calls the task's own function. */
export const callFrame = "(call)";

/**
 * A generator does not know its function, but it inherits from its function's `prototype`: so frames have names where no
 * inspector is, for one entry per function.
 */
const names = new WeakMap<object, string>();

/** Gives the frames of a coroutine function a name. */
export function nameFrames(
  fn: { readonly name: string; readonly prototype?: unknown },
  name: string = fn.name,
): void {
  const { prototype } = fn;
  if (typeof prototype === "object" && prototype !== null) names.set(prototype, name);
}

/** The name of a frame whose function has got one. */
export function frameName(body: Coroutine<unknown>): string | undefined {
  return names.get(Object.getPrototypeOf(body) as object);
}
