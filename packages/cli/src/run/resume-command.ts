import { basename } from "node:path";

/** The command that was given, so that it can be given again with other flags. */
export interface CommandLine {
  /** How the command itself was called. */
  readonly program: readonly string[];
  /** What stood behind it. */
  readonly args: readonly string[];
}

/** The command line of this process. */
export function ownCommandLine(): CommandLine {
  const [node = "node", main = "overlap", ...args] = process.argv;
  const byNpm = process.env.npm_config_user_agent !== undefined;
  if (byNpm) return { program: ["npx", "overlap"], args };
  if (basename(main) === "overlap") return { program: ["overlap"], args };
  return { program: [node, ...process.execArgv, main], args };
}

/** The command that goes on where this one ended, to be pasted into a shell. */
export function resumeCommand({ program, args }: CommandLine): string {
  return toShell([...program, ...args, ...(args.includes("--resume") ? [] : ["--resume"])]);
}

/** The command that tries the dead letters again. */
export function retryDeadCommand({ program, args }: CommandLine): string {
  const others = args.filter((arg) => arg !== "--resume" && arg !== "--retry-dead");
  return toShell([...program, ...others, "--retry-dead"]);
}

function toShell(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
