import { plainText } from "./html.ts";

/** A name for a drawing, where nothing wraps: one line of at most `longest` characters. */
export function shortened(name: string, longest: number): string {
  const line = plainText(name).replace(/\s+/g, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).toWellFormed()}…`;
}
