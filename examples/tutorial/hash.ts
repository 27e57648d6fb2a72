import { scryptSync } from "node:crypto";

/** The computing: about 10 ms of CPU. A module of its own, so that threads can load it. */
export function hash(text: string): { text: string; hash: string } {
  return { text, hash: scryptSync(text, "salt", 32, { N: 4_096 }).toString("hex") };
}
