import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outcomeOf, overlap, start } from "./cli.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs an experiment with `--json` and `--report`; gives its document after looking at its page. */
async function findingsOf<T>(name: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await overlap(
    "lab",
    name,
    ...args,
    "--json",
    "--quiet",
    "--report",
    folder,
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const page = await readFile(join(folder, `${name}.html`), "utf8");
  expect(page).toContain("</html>");
  const document = JSON.parse(stdout) as T & { experiment: string };
  expect(document.experiment).toBe(name);
  return document;
}

describe("overlap lab squares", () => {
  it("gets every square in each of the four ways", async () => {
    const { strategies } = await findingsOf<{ strategies: { name: string; squares: number[] }[] }>(
      "squares",
      "--calls",
      "4",
      "--delay",
      "5",
    );
    expect(strategies.map(({ name }) => name)).toEqual(["serial", "callbacks", "futures", "tasks"]);
    for (const { squares } of strategies) expect(squares).toEqual([0, 1, 4, 9]);
  });

  it("writes its page in other forms too, and keeps its runs for overlap report", async () => {
    const args =
      "lab squares --calls 2 --delay 5 --quiet --report out --format html,csv,svg --trace t.ndjson";
    const { code, stdout } = await outcomeOf(start(args.split(" "), { cwd: folder }));
    expect(code).toBe(0);
    expect(stdout).toContain("out/squares-figures.csv");
    const files = await readdir(join(folder, "out"));
    expect(files).toEqual(
      expect.arrayContaining(["squares.html", "squares-bars.svg", "squares-figures.csv"]),
    );
    const report = await outcomeOf(start(["report", "t.ndjson", "--out", "again"], { cwd: folder }));
    expect(report.code).toBe(0);
    expect(report.stdout).toContain("report.html");
  });

  it("writes a line for each call with --clocked", async () => {
    const { stderr, stdout } = await overlap(
      ..."lab squares --calls 2 --delay 5 --strategy callbacks,tasks --clocked --quiet".split(" "),
    );
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^\[0\.\d{8}s\] fetchSquare\(0, .*\) -> undefined$/),
      expect.stringMatching(/^\[0\.\d{8}s\] fetchSquare\(1, .*\) -> undefined$/),
      expect.stringMatching(/^\[0\.\d{8}s\] fetchSquare\(0\) -> 0$/),
      expect.stringMatching(/^\[0\.\d{8}s\] fetchSquare\(1\) -> 1$/),
    ]);
    expect(stdout).toContain("callbacks");
  });
});

describe("overlap lab spinner", () => {
  it("turns on a thread and in a coroutine, and stands still where the call blocks the loop", async () => {
    const { strategies } = await findingsOf<{
      strategies: { name: string; frames: number; answer: number }[];
    }>("spinner", "--slow", "1000", "--frame", "20");
    const frames = Object.fromEntries(strategies.map((one) => [one.name, one.frames]));
    expect(frames.thread).toBeGreaterThan(1);
    expect(frames.coroutine).toBeGreaterThan(1);
    expect(frames.frozen).toBe(1);
    for (const { answer } of strategies) expect(answer).toBe(42);
  });
});

describe("overlap lab flags", () => {
  it("saves the same images in every way, and shows the codes", async () => {
    const { code, stdout, stderr } = await outcomeOf(
      start(["lab", "flags", "--codes", "fr,JP,SE", "--delay", "5", "--save", "kept", "--json"], {
        cwd: folder,
      }),
    );
    expect(code).toBe(0);
    for (const shown of ["FR", "JP", "SE"]) expect(stderr).toMatch(new RegExp(`^${shown}$`, "m"));
    const { strategies } = JSON.parse(stdout) as { strategies: { name: string; saved: number }[] };
    expect(strategies.map(({ name, saved }) => [name, saved])).toEqual([
      ["serial", 3],
      ["threads", 3],
      ["non-blocking", 3],
    ]);
    expect(await readdir(join(folder, "kept"))).toEqual(["non-blocking", "serial", "threads"]);
    const images = await Promise.all(
      strategies.map(({ name }) => readFile(join(folder, "kept", name, "JP.png"))),
    );
    expect(images[0]?.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(images[1]).toEqual(images[0]);
    expect(images[2]).toEqual(images[0]);
  });

  it("refuses a country that it cannot draw, and lists those that it can", async () => {
    const { code, stderr } = await overlap("lab", "flags", "--codes", "FR,XX");
    expect(stderr).toContain("out of AM, AT");
    expect(stderr).toContain('got "XX"');
    expect(code).toBe(2);
  });
});

describe("overlap lab server", () => {
  it("answers light requests beside heavy ones in each mode", async () => {
    const { modes } = await findingsOf<{
      modes: { name: string; lightRequests: number; lightP50Ms: number; lightP99Ms: number }[];
    }>("server", "--heavy-time", "60", "--light", "50");
    expect(modes.map(({ name }) => name)).toEqual(["waiting", "loop", "cooperative", "threads"]);
    for (const { lightRequests, lightP50Ms, lightP99Ms } of modes) {
      expect(lightRequests).toBeGreaterThan(0);
      expect(lightP50Ms).toBeLessThanOrEqual(lightP99Ms);
    }
  });
});

describe("overlap lab latency", () => {
  it("gives a figure for each part of the machine, and names what it could not measure", async () => {
    const { rows, notMeasured } = await findingsOf<{
      rows: { name: string; ns: number; leastNs: number }[];
      notMeasured: { name: string; reason: string }[];
    }>("latency", "--samples", "5", "--dir", folder);
    for (const { ns, leastNs } of rows) {
      expect(leastNs).toBeGreaterThan(0);
      expect(ns).toBeGreaterThanOrEqual(leastNs);
    }
    const names = [...rows, ...notMeasured].map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["L1 cache", "RAM", "thread round trip", "disk read of 4 KiB"]),
    );
    expect(notMeasured).toContainEqual({ name: "network connect", reason: "no host was named" });
  });

  it("says which host it could not reach, and measures the rest", async () => {
    const { rows, notMeasured } = await findingsOf<{ rows: object[]; notMeasured: { reason: string }[] }>(
      "latency",
      ..."--samples 5 --remote 127.0.0.1:1".split(" "),
    );
    expect(rows.length).toBeGreaterThan(4);
    expect(notMeasured.at(-1)?.reason).toContain("127.0.0.1:1");
  });
});

describe("overlap lab memory", () => {
  it("finds that a thread takes more than a task, and a task more than nothing", async () => {
    const { rows } = await findingsOf<{ rows: { name: string; count: number; bytesEach: number }[] }>(
      "memory",
      ..."--count 5000 --threads 2 --strategy promise,task,thread".split(" "),
    );
    expect(rows.map(({ name, count }) => [name, count])).toEqual([
      ["promise", 5_000],
      ["task", 5_000],
      ["thread", 2],
    ]);
    const [promise, task, thread] = rows.map(({ bytesEach }) => bytesEach) as [number, number, number];
    expect(promise).toBeGreaterThan(8);
    expect(task).toBeGreaterThan(promise);
    expect(thread).toBeGreaterThan(100 * task);
  });
});

describe("overlap lab list", () => {
  it("lists every experiment that there is a command for, with the systems that it shows", async () => {
    const { stdout } = await overlap("lab", "list", "--json");
    const { experiments } = JSON.parse(stdout) as { experiments: { name: string; systems: string }[] };
    const { stdout: help } = await overlap("lab", "--help");
    const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(experiments.map(({ name }) => name)).toEqual(
      commands.filter((name) => name !== "list" && name !== "help"),
    );
    for (const { systems } of experiments) expect(systems).toMatch(/^S\d+/);
  });
});

describe("every experiment", () => {
  it.each(["squares", "spinner", "flags", "server", "latency", "memory", "list"])(
    "%s has help with an example",
    async (name) => {
      const { code, stdout } = await overlap("lab", name, "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Example:\n {2}overlap lab ${name} `));
      expect(stdout).toContain("--json");
    },
  );

  it.each([
    [["squares", "--delay", "60000"]],
    [["flags", "--delay", "60000"]],
    [["server", "--heavy-time", "60000", "--strategy", "waiting"]],
  ])("%j ends soon after Ctrl-C with code 130", async (args) => {
    const child = start(["lab", ...args]);
    const outcome = outcomeOf(child);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const interrupts = setInterval(() => child.kill("SIGINT"), 1_000); // the first may come before it listens
    await ended;
    clearInterval(interrupts);
    const { code, stderr } = await outcome;
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code === 130 || code === null).toBe(true);
  });
});
