import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Batcher, threadFunction, UnsavedError } from "../src/index.ts";
import type * as work from "./fixtures/saving.ts";

const module = new URL("./fixtures/saving.ts", import.meta.url);

function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("it threw nothing");
}

/** A file that isn't there until it is opened. */
function gateFile() {
  const folder = mkdtempSync(join(tmpdir(), "overlap-batcher-"));
  const path = join(folder, "gate");
  return {
    path,
    open: () => writeFileSync(path, ""),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("a batcher", () => {
  const failing = (items = 10) =>
    new Batcher(threadFunction<typeof work, "failWhileClosed">(module, "failWhileClosed"), { items });

  it("flushes when it has enough items, and not before", () => {
    using batcher = new Batcher(threadFunction<typeof work, "accept">(module, "accept"), { items: 3 });
    const pending = numbers(7).map((item) => {
      batcher.save(item);
      return batcher.pending;
    });
    expect(pending).toEqual([1, 2, 0, 1, 2, 0, 1]);
    batcher.flush();
    expect(batcher.pending).toBe(0);
  });

  it("says at the flush which items were not saved and why, keeps them, and saves them later", () => {
    using gate = gateFile();
    using batcher = failing(4);
    for (const item of ["a", "b!", "c"]) batcher.save(`${gate.path} ${item}`);
    const error = thrownBy(() => batcher.save(`${gate.path} d!`));
    expect(error).toBeInstanceOf(UnsavedError);
    expect(error).toMatchObject({
      code: "OVERLAP_PIPELINE_UNSAVED",
      message: "2 of 4 items were not saved; the first: closed for b!",
      unsaved: [
        { item: `${gate.path} b!`, error: { name: "RangeError", code: "E_CLOSED" } },
        { item: `${gate.path} d!` },
      ],
    });
    expect(batcher.pending).toBe(2);
    gate.open();
    batcher.flush();
    expect(batcher.pending).toBe(0);
  });

  it("flushes for new items only, however many old ones it keeps", () => {
    using gate = gateFile();
    using batcher = failing(2);
    batcher.save(`${gate.path} 1!`);
    expect(thrownBy(() => batcher.save(`${gate.path} 2!`))).toMatchObject({ unsaved: { length: 2 } });
    batcher.save(`${gate.path} 3!`);
    expect(batcher.pending).toBe(3);
    expect(thrownBy(() => batcher.save(`${gate.path} 4!`))).toMatchObject({ unsaved: { length: 4 } });
    gate.open();
  });

  it("gives back what was not saved", () => {
    using gate = gateFile();
    using batcher = failing();
    batcher.save(`${gate.path} 1!`);
    batcher.save(`${gate.path} 2`);
    expect(thrownBy(() => batcher.flush())).toBeInstanceOf(UnsavedError);
    expect(batcher.takeUnsaved()).toEqual([`${gate.path} 1!`]);
    expect(batcher.pending).toBe(0);
  });

  it("brings both errors when its block fails, and what is left can't be saved", () => {
    using gate = gateFile();
    const error = thrownBy(() => {
      using batcher = failing();
      batcher.save(`${gate.path} 1!`);
      throw new TypeError("the block's own");
    });
    expect(error).toBeInstanceOf(SuppressedError);
    expect(error).toMatchObject({
      error: { name: "UnsavedError" },
      suppressed: { message: "the block's own" },
    });
  });

  it("gives up on an item whose time is over, and fires its signal", () => {
    using batcher = new Batcher(threadFunction<typeof work, "wait">(module, "wait"), { timeoutMs: 20 });
    batcher.save(60_000);
    batcher.save(0);
    expect(thrownBy(() => batcher.flush())).toMatchObject({
      unsaved: [{ item: 60_000, error: { name: "TimeoutError" } }],
    });
    expect(batcher.takeUnsaved()).toEqual([60_000]);
  });

  it("keeps all items when the module has no such function, or one can't be copied", () => {
    const missing = new Batcher({ url: module.href, exportName: "nothing" });
    missing.save(1);
    expect(thrownBy(() => missing.flush())).toMatchObject({
      unsaved: [{ item: 1, error: { name: "ThreadModuleError" } }],
    });
    expect(missing.takeUnsaved()).toEqual([1]);

    const uncopied = new Batcher<unknown>({ url: module.href, exportName: "accept" });
    uncopied.save(() => {});
    expect(thrownBy(() => uncopied.flush())).toMatchObject({
      unsaved: [{ error: { name: "ThreadCloneError" } }],
    });
    expect(uncopied.takeUnsaved()).toHaveLength(1);
  });

  it("takes nothing once it was disposed of", () => {
    const batcher = new Batcher({ url: module.href, exportName: "accept" });
    batcher[Symbol.dispose]();
    expect(() => batcher.save(1)).toThrow("expected no item after the batcher was disposed of");
  });

  it("refuses options out of range", () => {
    const save = { url: module.href, exportName: "accept" };
    expect(() => new Batcher(save, { items: 0 })).toThrow("expected a positive integer for items, got 0");
    expect(() => new Batcher(save, { timeoutMs: -1 })).toThrow(
      "milliseconds of at least 0 for timeoutMs, got -1",
    );
  });
});
