import { hashSync } from "@node-rs/bcrypt";

/** Runs on threads, one text at a time on each. */
export function hashText(text: string): { text: string; hash: string } {
  return { text, hash: hashSync(text, { cost: 6 }) };
}
