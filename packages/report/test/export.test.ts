import { findKnee } from "@overlap/report";
import { type ExperimentPage, exportFiles, kneeFigure, type LineFigure, runPage } from "@overlap/report/page";
import { describe, expect, test } from "vitest";
import { experiment, hashes, requests, strategy } from "./experiment.ts";
import { recordedRun } from "./recorded-run.ts";

function fileOf<Row>(page: ExperimentPage<Row>, format: "csv" | "json" | "md"): string {
  return exportFiles(page, [format])[0]?.text ?? "";
}

/** A page whose table has one cell. */
function cell(text: string): ExperimentPage<unknown> {
  return {
    ...experiment([]),
    bars: undefined as never,
    title: text,
    table: { columns: [{ header: "name", value: () => text }], rows: [1] },
  };
}

const levels = [1, 2, 5, 10, 20, 50, 100, 200].map((concurrency) => {
  return { concurrency, requests: 10_000, wallMs: 10_000_000 / Math.min(10 * concurrency, 640) };
});

const byDifficulty: LineFigure = {
  title: "Run time against time per iteration",
  x: { label: "ms an item", format: (ms) => String(ms) },
  y: { label: "seconds", format: (s) => s.toFixed(1) },
  lines: [
    {
      name: "serial",
      points: [
        { x: 16, y: 7 },
        { x: 62, y: 9, low: 8, high: 10 },
        { x: 124, y: 13 },
      ],
    },
    {
      name: "overlap",
      points: [
        { x: 16, y: 1 },
        { x: 62, y: 2 },
        { x: 124, y: 4 },
      ],
    },
  ],
};

describe("drawings", () => {
  const page = experiment(
    [
      strategy("serial", [...hashes(4), ...requests(4, 1, (i) => i === 2)]),
      strategy("overlap", [...hashes(6), ...requests(12, 4)]),
    ],
    { lines: [kneeFigure(findKnee(levels)), byDifficulty] },
  );

  test.each(exportFiles(page, ["svg"]))("of fixed data stay as they are: $name", async ({ name, text }) => {
    // The style sheet is the page's own, and changes without them.
    await expect(text.replace(/<style>[^<]*<\/style>/, "")).toMatchFileSnapshot(`golden/${name}`);
  });

  test("are a file for each chart, that stands alone", () => {
    const files = exportFiles(page, ["svg"]);
    expect(files.map(({ name }) => name)).toEqual([
      "bars.svg",
      "lines-1-throughput-against-concurrency.svg",
      "lines-2-run-time-against-time-per-iteration.svg",
      "timeline-1-serial.svg",
      "timeline-2-overlap.svg",
    ]);
    for (const { text } of files) {
      expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="[\d.]+"/);
      expect(text).not.toMatch(/<script|NaN|undefined|Infinity/);
    }
  });

  test("of the knee say where it is, and how sure that is", () => {
    const [, knee] = exportFiles(page, ["svg"]);
    expect(knee?.text).toMatch(
      /aria-label="Throughput against concurrency: measured from 10 at 1 to 640 at 200; .*; knee 61"/,
    );
  });

  test("get names from which no path can be made", () => {
    const names = exportFiles(
      experiment([strategy("../../etc/passwd", requests(2, 1)), strategy("///", requests(2, 1))]),
      ["svg"],
    );
    expect(names.map(({ name }) => name).slice(1)).toEqual([
      "timeline-1-etc-passwd.svg",
      "timeline-2-run.svg",
    ]);
  });
});

describe("figures", () => {
  test("as CSV are raw numbers under their headers", () => {
    expect(fileOf(experiment([strategy("serial", requests(40, 1))]), "csv")).toBe(
      "strategy,wall\r\nserial,4000\r\n",
    );
  });

  test.each([
    ['a "quoted", name', '"a ""quoted"", name"'],
    ["two\nlines", '"two\nlines"'],
    ["=HYPERLINK(1)", '"\'=HYPERLINK(1)"'],
    ["@SUM(A1)", '"\'@SUM(A1)"'],
    ["-1+1", '"\'-1+1"'],
    ["plain", "plain"],
  ])("as CSV can't leave their cell: %j", (text, field) => {
    expect(fileOf(cell(text), "csv")).toBe(`name\r\n${field}\r\n`);
  });

  test("as JSON are read back", () => {
    const hostile = '"}</script>\u2028';
    expect(JSON.parse(fileOf(cell(hostile), "json"))).toMatchObject({
      title: hostile,
      rows: [{ name: hostile }],
    });
  });

  test("as Markdown keep to their cell, and mean nothing", () => {
    const text = fileOf(cell("a|b <script> [x](y)\n# c"), "md");
    expect(text).toContain("| a\\|b \\<script\\> \\[x\\](y) \\# c |");
  });

  test("of a single run are its tiles", () => {
    const page = runPage(recordedRun("fetch", 400, 20));
    expect(fileOf(page, "csv")).toMatch(
      /^figure,value,detail\r\nWall time,2\.10 s,first item to last result\r\n/,
    );
    expect(fileOf(page, "md")).toContain("| Wall time | 2.10 s | first item to last result |");
    expect(JSON.parse(fileOf(page, "json"))).toMatchObject({
      runs: [{ name: "fetch", breakdown: { blockedMs: expect.any(Number) as number } }],
    });
  });
});
