import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunRecord, toRunRecord } from "@overlap/report";
import { RunRecorder, readNdjson, Trace, toNdjson } from "@overlap/trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeTraceFile } from "../src/recording.ts";
import { type Outcome, outcomeOf, start } from "./cli.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-report-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs `overlap report` in the folder. */
async function report(...args: readonly string[]): Promise<Outcome> {
  return await outcomeOf(start(["report", ...args], { cwd: folder }));
}

function runOf(name: string, atOnce: number): { record: RunRecord; trace: Trace } {
  const trace = new Trace();
  for (let i = 0; i < 200; i++) trace.span("fetch", "io", `/${i}`, (i * 50) / atOnce, (i * 50) / atOnce + 50);
  const wallMs = (200 * 50) / atOnce + 50;
  const flights = {
    started: 200,
    ended: 200,
    peak: atOnce,
    meanInFlight: (200 * 50) / wallMs,
    idleInFlightMs: wallMs * 0.9,
  };
  const times = {
    startMs: 0,
    wallMs,
    activeMs: wallMs * 0.1,
    idleMs: wallMs * 0.9,
    mainCpuMs: wallMs * 0.08,
    processCpuMs: wallMs * 0.1,
    gcMs: 0,
    flights,
  };
  return { record: { name, times, items: 200, limit: atOnce, cores: 2 }, trace };
}

describe("overlap report", () => {
  it("reads what overlap fetch has kept, the failed ones included", async () => {
    const web = createServer((request, response) => response.end(request.url));
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const urls = Array.from({ length: 60 }, (_, i) => `${url}/${i}`);
    await outcomeOf(
      start(["fetch", ...urls, "nonsense", "--concurrency", "9", "--trace", "fetch.ndjson"], { cwd: folder }),
    );
    web.close();
    const { code, stdout } = await report("fetch.ndjson", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ name: "Fetch", limit: 9 }] });
  });

  it("reads what overlap run has kept", async () => {
    const job = `import { pipeline, range } from "@overlap/pipeline";
      export default pipeline(range(0, 100)).io("double", async (n: number) => n * 2, { concurrency: 7 }).to(async () => {});`;
    await writeFile(join(folder, "double.ts"), job);
    await outcomeOf(start(["run", "double.ts", "--trace", "run.ndjson"], { cwd: folder }));
    const { code, stdout } = await report("run.ndjson");
    expect(code).toBe(0);
    expect(stdout).toContain("report.html");
    expect(await readFile(join(folder, "overlap-report", "report.html"), "utf8")).toContain("double.ts");
  });

  it("says what limited a recorded run, and writes its page", async () => {
    await writeTraceFile(join(folder, "run.ndjson"), [runOf("fetch", 10)]);
    const { code, stdout, stderr } = await report("run.ndjson");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^I\/O-bound: 90 % of the time went by waiting; raise concurrency from 10/);
    expect(stdout).toContain("Written: overlap-report/report.html");
    expect(await readFile(join(folder, "overlap-report", "report.html"), "utf8")).toContain(
      'data-rule="io-bound"',
    );
  });

  it("compares two, and two in one file as well", async () => {
    await writeTraceFile(join(folder, "a.ndjson"), [runOf("before", 1)]);
    await writeTraceFile(join(folder, "b.ndjson"), [runOf("after", 20)]);
    await writeTraceFile(join(folder, "both.ndjson"), [runOf("before", 1), runOf("after", 20)]);
    const apart = await report("a.ndjson", "b.ndjson", "--out", "out");
    expect(apart.stdout).toMatch(/^after is 18\.3 × as fast as before, item for item\./);
    expect((await report("both.ndjson")).stdout.split("\n")[0]).toBe(apart.stdout.split("\n")[0]);
  });

  it("takes the median of runs that were repeated", async () => {
    await writeTraceFile(join(folder, "runs.ndjson"), [
      runOf("fetch", 1),
      runOf("fetch", 10),
      runOf("fetch", 20),
    ]);
    const { stdout } = await report("runs.ndjson", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      title: "fetch",
      context: expect.arrayContaining([
        { label: "in flight", value: "≤ 10" },
        { label: "shown", value: "median of 3 runs" },
      ]) as unknown,
    });
  });

  it("writes the forms that are asked for, and one JSON document to stdout", async () => {
    await writeTraceFile(join(folder, "run.ndjson"), [runOf("fetch", 10)]);
    const { stdout } = await report("run.ndjson", "--out", "out", "--format", "svg,csv,json,md", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ title: "fetch", diagnosis: { rule: "io-bound" } });
    expect((await readdir(join(folder, "out"))).toSorted()).toEqual([
      "figures.csv",
      "figures.json",
      "figures.md",
      "timeline-1-fetch.svg",
    ]);
  });

  it.each([
    ["missing.ndjson", undefined, "cannot read missing.ndjson: ENOENT"],
    ["empty.ndjson", "", "empty.ndjson holds no run; record one with --trace FILE.ndjson"],
    ["text.ndjson", "hello", "cannot read text.ndjson: cannot read this trace: line 1: it is not JSON"],
    [
      "other.json",
      '{"traceEvents":[]}',
      "cannot read other.json: it is for Perfetto; overlap report reads what --trace FILE.ndjson wrote",
    ],
    ["bare.ndjson", [...toNdjson(new Trace())].join(""), "bare.ndjson holds no run"],
  ])("says what is wrong with %s, without a stack", async (file, text, message) => {
    if (text !== undefined) await writeFile(join(folder, file), text);
    const { code, stderr } = await report(file);
    expect(code).toBe(1);
    expect(stderr).toContain(`overlap: ${message}`);
    expect(stderr).not.toContain("    at ");
  });

  it("refuses a form that there is not", async () => {
    const { code, stderr } = await report("run.ndjson", "--format", "pdf");
    expect(code).toBe(2);
    expect(stderr).toContain("Expected names out of html, svg, csv, json, md.");
  });
});

describe("--trace", () => {
  it("writes a file for Perfetto when its name ends in .json", async () => {
    await writeTraceFile(join(folder, "run.json"), [runOf("fetch", 10)]);
    const { traceEvents } = JSON.parse(await readFile(join(folder, "run.json"), "utf8")) as {
      traceEvents: { ph: string }[];
    };
    expect(traceEvents.filter(({ ph }) => ph === "X")).toHaveLength(200);
  });

  it("keeps what a recorder measured, so that it is read back as it was", async () => {
    const recorder = new RunRecorder();
    recorder.flight(1);
    recorder.span("fetch", "io", "/1", recorder.now(), recorder.now() + 1);
    recorder.flight(-1);
    const record = { name: "fetch", times: recorder.stop(), items: 1, limit: 1, cores: 2 };
    await writeTraceFile(join(folder, "run.ndjson"), [{ record, trace: recorder.trace }]);
    const [stored] = await Array.fromAsync(readNdjson([await readFile(join(folder, "run.ndjson"), "utf8")]));
    expect(toRunRecord(stored?.about)).toEqual(record);
  });

  it("that can't be written costs no run, and leaves what is there alone", async () => {
    await writeFile(join(folder, "old.ndjson"), "old");
    const args = ["lab", "crawl", "--items", "4", "--delay", "1", "--quiet", "--trace"];
    const { code, stderr } = await outcomeOf(start([...args, "nowhere/run.ndjson"], { cwd: folder }));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "overlap: cannot write the trace nowhere/run.ndjson (ENOENT); choose another with --trace\n",
    });
    const usage = await outcomeOf(start([...args, "old.ndjson", "--strategy", "unknown"], { cwd: folder }));
    expect(usage.code).toBe(2);
    expect(await readFile(join(folder, "old.ndjson"), "utf8")).toBe("old");
  });
});
