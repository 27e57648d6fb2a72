import { OptionError } from "./errors.ts";

/** How many items each strategy gets: one number for all, and others for those that are named. */
export interface ItemsPlan {
  /** Items of every strategy that is not named. */
  readonly items: number;
  /** Items by strategy name, so that a slow one need not take all day. */
  readonly exceptions: Readonly<Record<string, number>>;
}

/**
 * Reads a plan as it is written on the command line.
 *
 * @throws OptionError when it is not a positive integer followed by `name=positive integer` pairs.
 * @example
 * parseItemsPlan("600,serial=60"); // { items: 600, exceptions: { serial: 60 } }
 */
export function parseItemsPlan(text: string): ItemsPlan {
  const parts = text.split(",");
  const general = parts.filter((part) => !part.includes("="));
  if (general.length !== 1) {
    throw new OptionError(
      `expected one number of items, then name=number pairs, got ${JSON.stringify(text)}`,
    );
  }
  const named = parts.filter((part) => part.includes("=")).map((part) => part.split("="));
  return {
    items: positiveInteger("items", general[0] as string), // checked above
    exceptions: Object.fromEntries(
      named.map(([name = "", count = ""]) => [name, positiveInteger(name, count)]),
    ),
  };
}

/** The number of items that `strategy` gets. */
export function itemsOf(plan: ItemsPlan, strategy: string): number {
  return plan.exceptions[strategy] ?? plan.items;
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new OptionError(`expected a positive integer for ${name}, got ${JSON.stringify(text)}`);
}
