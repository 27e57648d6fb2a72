import { hashSync } from "@node-rs/bcrypt";

/** One piece of work: a text to hash, and how hard. */
export interface HashRequest {
  readonly text: string;
  /** bcrypt's cost: each step doubles the time. */
  readonly difficulty: number;
}

/** The CPU work of the experiment: bcrypt. Runs on the main thread and, loaded again, on pool threads. */
export function hashText({ text, difficulty }: HashRequest): { text: string; hash: string } {
  return { text, hash: hashSync(text, { cost: difficulty }) };
}
