import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { lines, type PipelineSource } from "@overlap/pipeline";

/** Where the URLs come from. */
export interface UrlSource {
  /** Lines; not all of them are URLs. */
  readonly lines: PipelineSource<string>;
  /** The file; `null` when they come from elsewhere. */
  readonly file: string | null;
  /** How many URLs there are; `null` when that is not known. */
  readonly count: number | null;
}

/** Says what is wrong with the arguments. */
type Refuse = (message: string) => never;

/** URLs in the arguments, or one file of them, or `-`, or nothing where something is piped in. */
export async function chooseUrls(args: readonly string[], refuse: Refuse): Promise<UrlSource> {
  const [first = "-"] = args;
  if (args.length > 0 && args.every(isAbsolute)) return { lines: args, file: null, count: args.length };
  if (args.length > 1) return refuse(`expected URLs, or one file of them, got ${args.join(" ")}`);
  if (first !== "-") return await fromFile(first, refuse);
  if (process.stdin.isTTY && args.length === 0)
    return refuse("expected URLs: a file of them, URLs, or - to read them from the terminal");
  return { lines: lines(process.stdin), file: null, count: null };
}

/** Blank lines and comments are passed over. */
export function isUrlLine(line: string): boolean {
  const text = line.trimStart();
  return text !== "" && !text.startsWith("#");
}

/** A scheme, and not the drive of a Windows path. */
function isAbsolute(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

async function fromFile(path: string, refuse: Refuse): Promise<UrlSource> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
    return refuse(`cannot read ${path}: ${reason} (a URL begins with http:// or https://)`);
  }
  if ((await stat(path)).isDirectory()) return refuse(`cannot read ${path}: it is a folder`);
  return { lines: lines(path), file: path, count: null };
}
