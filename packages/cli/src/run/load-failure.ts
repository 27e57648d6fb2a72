import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** What stands in the way, where, and what to do about it; with the stack of the job's own code, none of ours. */
export function explainLoadFailure(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const place = error instanceof SyntaxError ? sourcePlace(error) : "";
  const hint = hintFor(error, place);
  const what =
    error instanceof SyntaxError || isLoaderError(error) ? error.message : `${error.name}: ${error.message}`;
  return [what, place, ownFrames(error), hint].filter((part) => part !== "").join("\n");
}

/** The lines of an error's stack that lie in the user's own files, five at most. */
export function ownFrames({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line) && isOwn(line));
  return frames
    .slice(0, 5)
    .map((line) => line.replace(/file:\/\/[^\s:)]+/, (url) => shortPath(fileURLToPath(url))))
    .join("\n");
}

const packages = new URL("../../../", import.meta.url).href;

function isOwn(frame: string): boolean {
  if (!/file:\/\/|\(\/|at \//.test(frame)) return false;
  return !frame.includes("node_modules") && !frame.includes(packages) && !frame.includes("(node:");
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function isLoaderError(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code?.startsWith("ERR_MODULE") === true || code?.startsWith("ERR_UN") === true;
}

/** File, line and a mark below it, which Node writes in front of a syntax error's stack. */
function sourcePlace({ stack = "" }: SyntaxError): string {
  const before = stack.slice(0, Math.max(0, stack.indexOf("SyntaxError"))).trimEnd();
  return /:\d+$/m.test(before) ? before : "";
}

function hintFor(error: Error, place: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "Node runs TypeScript by leaving out its types; enums, namespaces and parameter properties are more than types: write an object `as const`, a module, an assignment.";
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING")
    return "Node runs no TypeScript under node_modules: move the file out of it, or compile it to JavaScript.";
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") return "A job file ends in .ts, .mts, .js or .mjs.";
  if (code === "ERR_MODULE_NOT_FOUND") return hintForMissing(error.message);
  return error instanceof SyntaxError ? hintForSyntax(error.message, place) : "";
}

function hintForMissing(message: string): string {
  const name = /Cannot find package '([^']+)'/.exec(message)?.[1];
  if (name !== undefined) return `Install it beside the job file: npm install ${name}`;
  const path = /Cannot find module '([^']+)'/.exec(message)?.[1] ?? "";
  return existsSync(`${path}.ts`) ? "Write the ending too: a relative import names its file, with .ts." : "";
}

function hintForSyntax(message: string, place: string): string {
  if (message.includes("does not provide an export"))
    return "If that is a type, import it with `import type`: what is left of an import without its types must exist.";
  if (message.includes("import statement outside a module") || message.includes("Unexpected token 'export'"))
    return 'The file counts as CommonJS: put "type": "module" into package.json, or call it .mts.';
  if (message.includes("Invalid or unexpected token") && /^\s*(export |default |class .*)?.*@\w/m.test(place))
    return "Decorators don't run from TypeScript source: call the function that the decorator stands for.";
  return "";
}
