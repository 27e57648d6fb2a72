import childProcess from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";
import { type BlockingWatch, setBlockingWatch } from "./blocking-watch.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** A function that blocks its thread, as a property of an object that programs call it through. */
interface BlockingFunction {
  readonly owner: object;
  readonly key: string;
  /** What reports call it. */
  readonly name: string;
}

const modules = { fs, child_process: childProcess, crypto, zlib };

/** Found by name, so that functions of newer versions of Node are among them. */
function blockingFunctions(): BlockingFunction[] {
  const found = Object.entries(modules).flatMap(([module, owner]) =>
    Object.keys(owner)
      .filter((key) => key.endsWith("Sync") && typeof Reflect.get(owner, key) === "function")
      .map((key) => ({ owner, key, name: `${module}.${key}` })),
  );
  return [
    ...found,
    { owner: fs.realpathSync, key: "native", name: "fs.realpathSync.native" },
    { owner: Atomics, key: "wait", name: "Atomics.wait" },
  ];
}

/**
 * Lets `watch` make every call of a blocking function, whether it was imported by name or through its module's object, until the
 * function that is returned is called. A function that somebody else replaced in between is left as it is.
 */
export function watchBlockingFunctions(watch: BlockingWatch): () => void {
  loadOutput();
  const restorers = blockingFunctions().map((blocking) => replace(blocking, watch));
  setBlockingWatch(watch);
  syncBuiltinESMExports();
  return () => {
    setBlockingWatch(null);
    for (const restore of restorers) restore();
    syncBuiltinESMExports();
  };
}

/** Node loads what it writes to files with when these are first used; loaded later, it would take the watched functions. */
function loadOutput(): void {
  Reflect.get(process, "stdout");
  Reflect.get(process, "stderr");
}

function replace({ owner, key, name }: BlockingFunction, watch: BlockingWatch): () => void {
  const original = Reflect.get(owner, key) as AnyFunction;
  const watched = new Proxy(original, {
    apply: (target, self, args: unknown[]) => watch(name, () => Reflect.apply(target, self, args)),
  });
  Reflect.set(owner, key, watched);
  return () => {
    if (Reflect.get(owner, key) === watched) Reflect.set(owner, key, original);
  };
}
