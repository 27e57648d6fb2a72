import { setImmediate as turn } from "node:timers/promises";
import { createTask } from "@overlap/loop";
import { SaveFailedError } from "../errors.ts";
import type { HashStrategy, HashWork } from "./strategy.ts";

/** async/await and fetch on Node's own loop: what one writes without Overlap. */
export const asyncNative: HashStrategy = {
  name: "async-native",
  description: "the same with async/await and fetch on Node's own loop",
  saves: "database",
  inFlight: ({ concurrency }) => concurrency,
  *run(work) {
    yield* createTask(hashAll, work);
  },
};

async function hashAll(work: HashWork, signal: AbortSignal): Promise<void> {
  const saving = new Set<Promise<void>>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    for (const text of work.texts) {
      if (saving.size >= work.concurrency) await Promise.race(saving);
      const save = saveWithFetch(work, text, work.hash(text), either);
      saving.add(save);
      void save.then(
        () => saving.delete(save),
        () => {}, // it stays in the set, where it is seen
      );
      await turn(); // without it no save would move before the last hash
      signal.throwIfAborted();
    }
    await Promise.all(saving);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(saving);
    throw error;
  }
}

async function saveWithFetch(work: HashWork, text: string, hash: string, signal: AbortSignal): Promise<void> {
  const startMs = work.trace.now();
  const response = await fetch(work.saveUrl, { method: "POST", body: `${text} ${hash}`, signal });
  await response.bytes();
  work.trace.span("save", "io", "save", startMs, work.trace.now(), response.ok);
  if (!response.ok)
    throw new SaveFailedError(`${work.saveUrl} answered ${response.status} to a save; see its log`);
  work.advance();
}
