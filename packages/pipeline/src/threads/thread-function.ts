import { PipelineOptionError } from "../errors.ts";

/** A function that runs on threads: which export of which module. */
export interface ThreadFunction<T, R> {
  /** The module's URL; a `file:` URL. */
  readonly url: string;
  /** The name of the exported function. */
  readonly exportName: string;
  /** @internal Only there to carry the types. */
  readonly types?: (item: T) => R;
}

/** The names of a module's exports that can run on a thread: functions of one argument. */
export type ThreadExport<M> = { [K in keyof M]: M[K] extends (item: never) => unknown ? K : never }[keyof M] &
  string;

type ItemOf<F> = F extends (item: infer T) => unknown ? T : never;
type ResultOf<F> = F extends (item: never) => infer R ? Awaited<R> : never;

/**
 * Names a function for `.cpu()`. The type of its module comes in as a type argument, so the stage's types follow from the
 * thread module itself. Items and results are copied between threads (structured clone).
 *
 * @throws PipelineOptionError when the URL is not a `file:` URL.
 * @example
 * .cpu("hash", threadFunction<typeof import("./hash.ts")>(new URL("./hash.ts", import.meta.url), "hash"), { threads: 2 })
 */
export function threadFunction<M, K extends ThreadExport<M> = ThreadExport<M>>(
  url: URL | string,
  exportName: K,
): ThreadFunction<ItemOf<M[K]>, ResultOf<M[K]>> {
  const href = String(url);
  if (!href.startsWith("file:"))
    throw new PipelineOptionError(`expected a file: URL of a module, got ${href}`);
  return { url: href, exportName };
}
