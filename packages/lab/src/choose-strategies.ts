import { OptionError } from "./errors.ts";
import type { ItemsPlan } from "./items-plan.ts";

/** What every strategy of an experiment says about itself. */
export interface StrategyInfo {
  /** What it is called on the command line. */
  readonly name: string;
  /** How it goes about the work, in a few words. */
  readonly description: string;
}

/**
 * The strategies that were asked for by name, in the order of the experiment; all of them when none was named.
 *
 * @throws OptionError for a name that is unknown, also one in the items plan.
 */
export function chooseStrategies<S extends StrategyInfo>(
  all: readonly S[],
  names: readonly string[] | undefined,
  plan?: ItemsPlan,
): readonly S[] {
  const known = all.map((strategy) => strategy.name);
  for (const name of [...(names ?? []), ...Object.keys(plan?.exceptions ?? {})]) {
    if (!known.includes(name)) {
      throw new OptionError(`expected a strategy out of ${known.join(", ")}, got ${JSON.stringify(name)}`);
    }
  }
  return names === undefined ? all : all.filter((strategy) => names.includes(strategy.name));
}
