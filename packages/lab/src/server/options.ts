import { chooseStrategies } from "../choose-strategies.ts";
import { expectInteger } from "../expect-integer.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { type ServerMode, serverModes } from "./modes.ts";

/** Options of `runServer`. */
export interface ServerOptions extends SurroundingOptions {
  /** Heavy requests, all at once; at least 1. @default 2 */
  readonly heavy?: number;
  /** What a heavy request takes alone, about, in milliseconds; at least 1. @default 1500 */
  readonly heavyMs?: number;
  /** Light requests sent per second, evenly; at least 1. @default 100 */
  readonly lightPerSecond?: number;
  /** How long the cooperative mode computes between two checkpoints, in milliseconds; at least 1. @default 50 */
  readonly sliceMs?: number;
  /** Names of the modes to run. @default all */
  readonly modes?: readonly string[];
}

/** Options with their defaults. */
export type ResolvedServerOptions = Required<
  Pick<ServerOptions, "heavy" | "heavyMs" | "lightPerSecond" | "sliceMs">
> &
  SurroundingOptions & { readonly modes: readonly ServerMode[] };

/** @throws OptionError for a value outside its range. */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const resolved = { heavy: 2, heavyMs: 1_500, lightPerSecond: 100, sliceMs: 50, ...options };
  for (const name of ["heavy", "heavyMs", "lightPerSecond", "sliceMs"] as const) {
    expectInteger(name, resolved[name], 1);
  }
  return { ...resolved, modes: chooseStrategies(serverModes, options.modes) };
}
