import { scryptSync } from "node:crypto";

/** About 10 ms of computing. A module of its own, so that threads can load it. */
export function hashText(text: string): { text: string; hash: string } {
  return { text, hash: scryptSync(text, "salt", 32, { N: 4_096 }).toString("hex") };
}
