import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@overlap/http";
import type { Coroutine } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { FlagsDifferError, SaveFailedError } from "../errors.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import { type ServerThread, startServerThread } from "../server-thread.ts";
import type { FlagServerData } from "./flag-server.ts";
import { type FlagsOptions, type ResolvedFlagsOptions, resolveFlagsOptions } from "./options.ts";
import type { FlagsStrategy } from "./strategies.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** One run of one strategy. */
export interface FlagsRun extends StrategyRun {
  /** Codes in the order in which their flags came. */
  readonly shown: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** SHA-256 of each file as it was read back, by code. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What the experiment found. */
export interface FlagsResult {
  readonly options: ResolvedFlagsOptions;
  /** A run of each strategy, in the order of the experiment. */
  readonly runs: readonly FlagsRun[];
}

/**
 * Downloads flags from a server that draws them: for each country code get the flag, show the code, save the file; one by one and
 * overlapped (S10). Every file is read back, and all strategies must have saved the same.
 *
 * @throws OptionError; SaveFailedError; FlagsDifferError; `signal.reason`.
 */
export async function runFlags(options: FlagsOptions = {}): Promise<FlagsResult> {
  const resolved = resolveFlagsOptions(options);
  resolved.signal?.throwIfAborted();
  const data: FlagServerData = { delayMs: resolved.delayMs };
  await using server = await startServerThread(new URL(`./flag-server${ending}`, import.meta.url), data);
  const runs: FlagsRun[] = [];
  for (const strategy of resolved.strategies) runs.push(await runOnce(strategy, resolved, server));
  for (const run of runs) checkSame(run, runs[0] as FlagsRun); // there is at least one
  return { options: resolved, runs };
}

async function runOnce(
  strategy: FlagsStrategy,
  options: ResolvedFlagsOptions,
  { address }: ServerThread,
): Promise<FlagsRun> {
  const { codes, concurrency, signal, onProgress, onFlag, folder } = options;
  await using place = await openFolder(folder, strategy.name);
  await using session = new Session({ limit: strategy.overlapped ? concurrency : 1 });
  const pathOf = (code: string) => join(place.path, `${code}.png`);
  const shown: string[] = [];
  const show = (code: string) => {
    shown.push(code);
    onFlag?.(code);
    onProgress?.({ strategy: strategy.name, done: shown.length, items: codes.length });
  };
  const run = await runStrategy({
    strategy: strategy.name,
    items: codes.length,
    signal,
    work: (trace) => () => {
      const saving = createSaving(trace);
      const download = (code: string) => downloadFlag(session, `${address}/${code}.png`, code, trace);
      return strategy.run({ codes, concurrency, pathOf, show, saving, download });
    },
  });
  const files = await Promise.all(codes.map((code) => readFile(pathOf(code))));
  const digests = Object.fromEntries(codes.map((code, index) => [code, digestOf(files[index])]));
  return { ...run, shown, digests, bytes: files.reduce((sum, file) => sum + file.byteLength, 0) };
}

/** A folder that stays, or a temporary one. */
async function openFolder(
  folder: string | undefined,
  name: string,
): Promise<AsyncDisposable & { path: string }> {
  const path = folder === undefined ? await mkdtemp(join(tmpdir(), "overlap-flags-")) : join(folder, name);
  await mkdir(path, { recursive: true });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      if (folder === undefined) await rm(path, { recursive: true, force: true });
    },
  };
}

function* downloadFlag(session: Session, url: string, code: string, trace: Trace): Coroutine<Uint8Array> {
  const startMs = trace.now();
  const response = yield* session.get(url);
  const image = yield* response.bytes();
  trace.span("download", "io", code, startMs, trace.now(), response.ok);
  if (!response.ok) throw new SaveFailedError(`${url} answered ${response.status} instead of a flag`);
  return image;
}

function createSaving(trace: Trace): (code: string, save: () => Coroutine<void>) => Coroutine<void> {
  return function* (code, save) {
    const startMs = trace.now();
    yield* save();
    trace.span("save", "queue", code, startMs, trace.now());
  };
}

function digestOf(file: Uint8Array | undefined): string {
  return createHash("sha256")
    .update(file ?? "")
    .digest("hex");
}

function checkSame(run: FlagsRun, first: FlagsRun): void {
  for (const [code, digest] of Object.entries(first.digests)) {
    if (run.digests[code] === digest) continue;
    throw new FlagsDifferError(`${code}.png of ${run.strategy} is not the one of ${first.strategy}`);
  }
}
