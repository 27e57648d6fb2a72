import { describe, expect, it } from "vitest";
import { overlap } from "./cli.ts";

describe("overlap", () => {
  it("prints help with every command, and exits 0", async () => {
    const { code, stdout } = await overlap("--help");
    expect(code).toBe(0);
    for (const command of ["fetch", "run", "serve", "lab"]) expect(stdout).toContain(command);
  });

  it("prints its version", async () => {
    const { code, stdout } = await overlap("--version");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [["lab", "hash", "--help"], "--batch-size"],
    [["lab", "crawl", "--help"], "coroutines"],
    [["run", "--help"], "--retry-dead"],
    [["serve", "--help"], "--capacity"],
    [["fetch", "--help"], "--per-host"],
  ])("prints help for %j, with an example", async (args, expected) => {
    const { code, stdout } = await overlap(...args);
    expect(code).toBe(0);
    expect(stdout).toContain(expected);
    expect(stdout).toMatch(/^Examples?:$/m);
  });

  it.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["lab", "hash", "--fast"], "unknown option '--fast'"],
    [["lab", "hash", "--concurrency", "-3"], "Expected a positive integer"],
    [["lab", "hash", "--delay", "soon"], "Expected milliseconds of at least 0"],
    [["lab", "hash", "--strategy", "serial,magic"], 'async-native, overlap, got "magic"'],
    [["lab", "hash", "--items", "0"], 'expected a positive integer for items, got "0"'],
    [["lab", "hash", "--difficulty", "40"], "from 4 to 31 for difficulty, got 40"],
    [["serve", "--port", "70000"], "Expected a port from 0 to 65535"],
    [["serve", "--fail-rate", "2"], "Expected a number from 0 to 1"],
  ])("refuses %j with one clear message and exit code 2", async (args, expected) => {
    const { code, stdout, stderr } = await overlap(...args);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
