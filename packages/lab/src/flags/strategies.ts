import { writeFile } from "node:fs/promises";
import { type Coroutine, createTask, each, mapUnordered } from "@overlap/loop";
import { toThread } from "@overlap/loop/node";
import type { StrategyInfo } from "../choose-strategies.ts";
import { saveFile } from "./save-file.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const saveModule = new URL(`./save-file${ending}`, import.meta.url);

/** What a strategy has to do: for each code get the flag, show the code, save the file. */
interface FlagsWork {
  readonly codes: readonly string[];
  /** Downloads in flight at most. */
  readonly concurrency: number;
  /** Gets the image. */
  download(code: string): Coroutine<Uint8Array>;
  /** Where it belongs. */
  pathOf(code: string): string;
  /** Waits for a save, and writes a span for it. */
  saving(code: string, save: () => Coroutine<void>): Coroutine<void>;
  /** Shows the code, to be called when the flag is there. */
  show(code: string): void;
}

/** A way of writing the downloader. */
export interface FlagsStrategy extends StrategyInfo {
  /** False when it downloads one after the other. */
  readonly overlapped: boolean;
  /** Downloads, shows and saves every flag. */
  run(work: FlagsWork): Coroutine<void>;
}

const serial: FlagsStrategy = {
  name: "serial",
  description: "one flag after the other; saving blocks",
  overlapped: false,
  *run(work) {
    for (const code of work.codes) {
      yield* getOne(work, code, function* (path, image) {
        saveFile(path, image);
      });
    }
  },
};

const threads: FlagsStrategy = {
  name: "threads",
  description: "downloads overlap; the blocking save goes to a thread",
  overlapped: true,
  *run(work) {
    yield* getAll(work, function* (path, image) {
      yield* toThread<typeof saveFile>(saveModule, "saveFile", path, image);
    });
  },
};

const nonBlocking: FlagsStrategy = {
  name: "non-blocking",
  description: "downloads overlap; saving waits without blocking",
  overlapped: true,
  *run(work) {
    yield* getAll(work, function* (path, image) {
      yield* createTask(async () => await writeFile(path, image));
    });
  },
};

type Save = (path: string, image: Uint8Array) => Coroutine<void>;

function* getAll(work: FlagsWork, save: Save): Coroutine<void> {
  const one = (code: string) => getOne(work, code, save);
  yield* each(mapUnordered(work.codes, one, { concurrency: work.concurrency }), function* () {});
}

function* getOne(work: FlagsWork, code: string, save: Save): Coroutine<void> {
  const image = yield* work.download(code);
  work.show(code);
  yield* work.saving(code, () => save(work.pathOf(code), image));
}

/** The ways of writing the downloader, slowest first. */
export const flagsStrategies: readonly FlagsStrategy[] = [serial, threads, nonBlocking];
