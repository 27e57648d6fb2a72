import { shellCommandsOf } from "../repository/shell-commands.ts";
import type { Document } from "../repository/workspace.ts";

/** What a documented command can be checked against. */
export interface Machine {
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether the workspace installs a command of this name. */
  readonly hasBinary: (name: string) => boolean;
  /** Whether a path from the repository's root exists. */
  readonly hasFile: (path: string) => boolean;
  /** What `overlap <path> --help` prints. */
  readonly help: (path: readonly string[]) => string;
}

/** What npm itself knows, of the commands that a document may well tell people to type. */
const npmCommands = new Set([
  "ci",
  "install",
  "i",
  "exec",
  "pack",
  "publish",
  "login",
  "link",
  "uninstall",
  "version",
]);

/** Every `npm`, `npx`, `overlap` and `node` command that a document shows exists, with its flags. */
export function documentedCommands(documents: readonly Document[], machine: Machine): readonly string[] {
  return documents.flatMap((document) =>
    shellCommandsOf(document).flatMap(({ words, line }) => {
      const problem = problemOf(words, machine);
      return problem ? [`${document.path}:${line} says ${words.join(" ")}: ${problem}`] : [];
    }),
  );
}

function problemOf([command, ...rest]: readonly string[], machine: Machine): string | undefined {
  switch (command) {
    case "npm":
      return npmProblem(rest, machine);
    case "npx":
      return npxProblem(withoutLeadingFlags(rest), machine);
    case "overlap":
      return overlapProblem(rest, machine);
    case "node":
      return nodeProblem(rest, machine);
    default:
      return undefined;
  }
}

function npmProblem(words: readonly string[], { scripts }: Machine): string | undefined {
  const [command, ...rest] = withoutLeadingFlags(words);
  if (command === undefined || npmCommands.has(command)) return undefined;
  if (command === "test" || command === "start") return scriptProblem(command, scripts);
  if (command !== "run") return `npm has no command ${command}`;
  const [script] = withoutLeadingFlags(rest);
  return script === undefined ? undefined : scriptProblem(script, scripts);
}

function scriptProblem(script: string, scripts: Machine["scripts"]): string | undefined {
  return Object.hasOwn(scripts, script) ? undefined : `package.json has no script ${script}`;
}

function npxProblem([command, ...rest]: readonly string[], machine: Machine): string | undefined {
  if (command === "overlap") return overlapProblem(rest, machine);
  return command === undefined || machine.hasBinary(command)
    ? undefined
    : `nothing installs a command ${command}`;
}

function nodeProblem(words: readonly string[], { hasFile }: Machine): string | undefined {
  const path = words.find((word) => /\.[cm]?[jt]s$/.test(word));
  return path === undefined || hasFile(path) ? undefined : `there is no ${path}`;
}

/** Walks down the subcommands as far as the help lists them, then looks for each flag in the help. */
function overlapProblem(words: readonly string[], { help }: Machine): string | undefined {
  const path: string[] = [];
  let page = help(path);
  const known = flagsIn(page.split(/[\s,]+/));
  for (const word of words) {
    const commands = subcommandsIn(page);
    if (word.startsWith("-") || commands.length === 0) break;
    if (!commands.includes(word)) return `overlap ${[...path, word].join(" ")} is not a command`;
    path.push(word);
    page = help(path);
    known.push(...flagsIn(page.split(/[\s,]+/)));
  }
  const end = words.indexOf("--");
  const unknown = flagsIn(end < 0 ? words : words.slice(0, end)).find((flag) => !known.includes(flag));
  return unknown === undefined
    ? undefined
    : `${["overlap", ...path].join(" ")} --help does not list ${unknown}`;
}

/** The names in the section "Commands:" of a help page, with their aliases (`serve|s`). */
function subcommandsIn(page: string): readonly string[] {
  const [, section = ""] = /^Commands:\n((?: .*\n?|\n(?= ))*)/m.exec(page) ?? [];
  return [...section.matchAll(/^ {2}([a-z][\w|-]*)/gm)].flatMap(([, names = ""]) => names.split("|"));
}

/** The flags among some words, without their values and without the brackets of a synopsis. */
function flagsIn(words: readonly string[]): string[] {
  return words
    .map((word) => word.replace(/^\[/, "").replace(/[=\]].*$/, ""))
    .filter((word) => /^--?[a-z]/i.test(word));
}

function withoutLeadingFlags(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !word.startsWith("-"));
  return start < 0 ? [] : words.slice(start);
}
