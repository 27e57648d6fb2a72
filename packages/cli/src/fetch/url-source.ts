import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { lines, type PipelineSource } from "@overlap/pipeline";
import { countUrls } from "./count-urls.ts";

/** Where the URLs come from. */
export interface UrlSource extends Disposable {
  /** Lines; not all of them are URLs. */
  readonly lines: PipelineSource<string>;
  /** Another run can read it again, and tell whether it is the same. */
  readonly repeatable: boolean;
  /** How many URLs there are, if that can be known. */
  readonly count: (signal: AbortSignal) => Promise<number | null>;
}

/** Says what is wrong with the arguments. */
type Refuse = (message: string) => never;

/** URLs in the arguments, or one file of them, or `-`, or nothing where something is piped in. */
export async function chooseUrls(args: readonly string[], refuse: Refuse): Promise<UrlSource> {
  const [first = "-"] = args;
  if (args.some(isAbsolute)) return fromArguments(args); // what is none among them has an outcome of its own
  if (args.length > 1) return refuse(`expected URLs, or one file of them, got ${args.join(" ")}`);
  if (first !== "-") return await fromFile(first, refuse);
  if (process.stdin.isTTY && args.length === 0)
    return refuse("expected URLs: a file of them, URLs, or - to read them from the terminal");
  return fromStream(process.stdin);
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

function fromArguments(urls: readonly string[]): UrlSource {
  return { lines: urls, repeatable: false, count: async () => urls.length, [Symbol.dispose]() {} };
}

/** A pipe that has a name, such as `<(command)` of a shell, can be read once only, as stdin. */
async function fromFile(path: string, refuse: Refuse): Promise<UrlSource> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "there is no such file" : error.message;
    return refuse(`cannot read ${path}: ${reason} (a URL begins with http:// or https://)`);
  });
  if (stats.isDirectory()) return refuse(`cannot read ${path}: it is a folder`);
  if (!stats.isFile()) return fromStream(createReadStream(path));
  return {
    lines: lines(path),
    repeatable: true,
    count: (signal) => countUrls(path, signal),
    [Symbol.dispose]() {},
  };
}

/** A stream that somebody still writes to would keep the process alive. */
function fromStream(stream: Readable): UrlSource {
  return {
    lines: lines(stream),
    repeatable: false,
    count: async () => null,
    [Symbol.dispose]: () => void stream.destroy(),
  };
}
