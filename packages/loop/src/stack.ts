import { callFrame, frameName } from "./frame-names.ts";
import { type GeneratorPlace, generatorPlaces } from "./generator-place.ts";
import type { Coroutine } from "./waitable.ts";

/** One frame of a suspended task. */
export interface StackFrame {
  /** The function's name; `(anonymous)` when it has none. */
  readonly functionName: string;
  /** The script's URL or path, when it is known. */
  readonly script?: string;
  /** Line of the wait, from 1. */
  readonly line?: number;
  /** Column of the wait, from 1. */
  readonly column?: number;
}

/** The frames of these generators, innermost first. `taskName` stands for the frame that only calls the task's function. */
export function readStack(bodies: readonly Coroutine<unknown>[], taskName: string): StackFrame[] {
  const own = bodies.filter((body) => frameName(body) !== callFrame);
  if (own.length === 0) return [{ functionName: taskName }];
  const places = generatorPlaces(own);
  return own.map((body, i) =>
    toFrame(places?.[i], frameName(body) ?? (i === own.length - 1 ? taskName : "")),
  );
}

function toFrame(place: GeneratorPlace | undefined, name: string): StackFrame {
  const { functionName = "", ...where } = place ?? {};
  return { functionName: functionName || name || "(anonymous)", ...where };
}

/** The frames as lines of an error's stack. */
export function formatStack(frames: readonly StackFrame[]): string {
  return frames.map((frame) => `    at ${formatFrame(frame)}`).join("\n");
}

function formatFrame({ functionName, script, line, column }: StackFrame): string {
  return script === undefined ? functionName : `${functionName} (${script}:${line}:${column})`;
}
