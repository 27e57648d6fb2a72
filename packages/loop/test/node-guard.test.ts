import childProcess from "node:child_process";
import crypto from "node:crypto";
import fs, { readFileSync } from "node:fs";
import zlib from "node:zlib";
import { currentLoop, type LoopFailure, run, sleep } from "@overlap/loop";
import { type BlockingCall, guardBlockingCalls } from "@overlap/loop/node";
import { describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

const self = import.meta.filename;

describe("guardBlockingCalls", () => {
  it("names each call on the loop with its duration and place, once per place, then the counts", async () => {
    const { status, stderr } = await runProgram("guarded-calls.ts");
    const path = new URL("./programs/guarded-calls.ts", import.meta.url);
    const expected = readFileSync(path, "utf8")
      .split("\n")
      .flatMap((text, index) => {
        const [, name = "", count = ""] = /\/\/ blocks: (\S+) (\d+) times$/.exec(text) ?? [];
        return name === "" ? [] : [{ name, count, line: index + 1 }];
      });
    const lines = stderr.trimEnd().split("\n");
    for (const { name, line } of expected) {
      const pattern = new RegExp(
        `^overlap: ${name} blocked the loop for \\d+\\.\\d ms at ${path.pathname}:${line}:\\d+; use its asynchronous form, or toThread$`,
      );
      expect(lines.filter((text) => pattern.test(text))).toHaveLength(1);
    }
    const repeated = expected.filter(({ count }) => count !== "1");
    for (const { name, count, line } of repeated) {
      const pattern = new RegExp(
        `^overlap: ${name} at \\S+:${line}:\\d+ was called ${count} times, \\d+\\.\\d ms in all$`,
      );
      expect(lines.filter((text) => pattern.test(text))).toHaveLength(1);
    }
    expect(lines).toHaveLength(expected.length + repeated.length);
    expect(status).toBe(0);
  });

  it("tells its report once per place, and counts on in what it reported", async () => {
    const reports: BlockingCall[] = [];
    using guard = guardBlockingCalls({ report: (call) => reports.push(call) });
    await run(function* () {
      for (let time = 0; time < 5; time++) {
        fs.readFileSync(self);
        yield* sleep(0);
      }
      fs.readFileSync(self);
    });
    expect(reports.map(({ name, count }) => [name, count])).toEqual([
      ["fs.readFileSync", 5],
      ["fs.readFileSync", 1],
    ]);
    expect(guard.calls).toEqual(reports);
    const [first] = reports;
    expect(first?.place).toMatch(/node-guard\.test\.ts:\d+:\d+$/);
    expect(first?.totalMs).toBeGreaterThanOrEqual(first?.longestMs ?? Number.NaN);
  });

  it("doesn't count what is shorter than the threshold", async () => {
    using guard = guardBlockingCalls({ thresholdMs: 60_000, report: () => {} });
    await run(async () => void fs.readFileSync(self));
    expect(guard.calls).toEqual([]);
  });

  it("counts a call that throws, and lets the error through", async () => {
    using guard = guardBlockingCalls({ report: () => {} });
    await expect(run(async () => void fs.readFileSync(`${self}.missing`))).rejects.toMatchObject({
      code: "ENOENT",
    });
    expect(guard.calls).toMatchObject([{ name: "fs.readFileSync", count: 1 }]);
  });

  it("survives a report that throws", async () => {
    const failures: LoopFailure[] = [];
    currentLoop().setExceptionHandler((failure) => failures.push(failure));
    using _guard = guardBlockingCalls({
      report: () => {
        throw new Error("broken report");
      },
    });
    expect(await run(async () => fs.readFileSync(self, "utf8").length)).toBeGreaterThan(0);
    currentLoop().setExceptionHandler(null);
    expect(failures).toEqual([
      { message: "the report of a blocking call threw", error: new Error("broken report") },
    ]);
  });

  it("takes a report that itself reads files as part of the call", async () => {
    using guard = guardBlockingCalls({ report: () => void fs.readFileSync(self) });
    await run(async () => void fs.statSync(self));
    expect(guard.calls).toMatchObject([{ name: "fs.statSync", count: 1 }]);
  });

  it("puts everything back when the last guard is disposed of, and not before", async () => {
    const before = snapshot();
    const [first, second] = [
      guardBlockingCalls({ report: () => {} }),
      guardBlockingCalls({ report: () => {} }),
    ];
    expect(snapshot()).not.toEqual(before);
    first[Symbol.dispose]();
    await run(async () => void fs.statSync(self));
    expect([first.calls.length, second.calls.length]).toEqual([0, 1]);
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(snapshot()).toEqual(before);
    expect(readFileSync).toBe(fs.readFileSync);
  });

  it("leaves a function alone that somebody else replaced in the meantime", () => {
    const original = fs.statSync;
    const guard = guardBlockingCalls();
    const watched = fs.statSync;
    const theirs = Object.assign(() => watched(self), watched);
    Reflect.set(fs, "statSync", theirs);
    guard[Symbol.dispose]();
    expect(fs.statSync).toBe(theirs);
    Reflect.set(fs, "statSync", original);
  });

  it("keeps the names and properties of what it watches", () => {
    using _guard = guardBlockingCalls();
    expect([fs.readFileSync.name, fs.readFileSync.length]).toEqual(["readFileSync", 2]);
    expect(fs.realpathSync.native(self)).toBe(fs.realpathSync(self));
  });

  it("refuses a threshold that is no time", () => {
    expect(() => guardBlockingCalls({ thresholdMs: -5 })).toThrow("at least 0 for thresholdMs, got -5");
    expect(fs.readFileSync).toBe(readFileSync);
  });
});

/** Everything that can be replaced. */
function snapshot(): unknown[] {
  const modules = [fs, childProcess, crypto, zlib];
  return [
    ...modules.flatMap((module) => Object.values(module) as unknown[]),
    Atomics.wait,
    fs.realpathSync.native,
  ];
}
