import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started. */
interface StartOptions {
  readonly cwd?: string;
  /** What its stdin is. @default nothing */
  readonly stdin?: "ignore" | "pipe";
  /** What its stdout is: a pipe, or an open file. @default "pipe" */
  readonly stdout?: "pipe" | number;
  /** Flags of Node's own. @default none */
  readonly nodeFlags?: readonly string[];
}

/** Starts the command from source. */
export function start(
  args: readonly string[],
  { cwd, stdin = "ignore", stdout = "pipe", nodeFlags = [] }: StartOptions = {},
): ChildProcess {
  return spawn(process.execPath, ["--conditions=@overlap/source", ...nodeFlags, main, ...args], {
    stdio: [stdin, stdout, "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
}

/** Waits until it has ended. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

/** Runs the command to its end. */
export async function overlap(...args: readonly string[]): Promise<Outcome> {
  return await outcomeOf(start(args));
}
