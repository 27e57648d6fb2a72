import { renderPage } from "@overlap/report/page";
import type { Span } from "@overlap/trace";
import { describe, expect, test } from "vitest";
import { experiment, hashes, requests, strategy } from "./experiment.ts";

/** The bars of one drawing, by their tooltips. */
function titlesIn(page: string): string[] {
  return Array.from(page.matchAll(/<title>([^<]*)<\/title><\/path>/g), ([, title]) => title ?? "");
}

function embeddedData(page: string): Record<string, unknown> {
  const [, json = ""] =
    /<script type="application\/json" id="overlap-data">([\s\S]*?)<\/script>/.exec(page) ?? [];
  return JSON.parse(json) as Record<string, unknown>;
}

describe("the page", () => {
  test("is the same text for the same experiment", () => {
    const page = experiment([strategy("serial", requests(40, 1)), strategy("async", hashes(40))]);
    const first = renderPage(page);
    expect(renderPage(page)).toBe(first);
  });

  test("says the diagnosis, the conditions, every figure and every note", () => {
    const page = renderPage(experiment([strategy("serial", requests(40, 1))]));
    for (const text of [
      "at 1.03 × the bound, only more cores",
      "<dt>items</dt><dd>120</dd>",
      '<td class="number">4.00 s</td>',
      "One run each.",
    ]) {
      expect(page).toContain(text);
    }
  });

  test("names nothing outside of itself", () => {
    const page = renderPage(experiment([strategy("serial", requests(40, 1))]));
    expect(page).not.toMatch(/https?:|\bsrc=|@import|url\(/);
    expect(page).toContain("default-src 'none'");
  });

  test("carries its numbers for programs", () => {
    const data = embeddedData(renderPage(experiment([strategy("serial", requests(40, 1))])));
    expect(data).toMatchObject({
      title: "lab hash",
      diagnosis: { rule: "cores-full" },
      rows: [{ strategy: "serial", wall: 4_000 }],
      bound: { label: "bound", value: 500 },
    });
  });

  test("does without bars, timelines, notes and subtitle", () => {
    const { subtitle: _, bars: __, ...rest } = experiment([], { context: [], notes: [] });
    const page = renderPage(rest);
    expect(page).not.toMatch(/<svg|Timelines|<li>|<script>/);
    expect(page).not.toContain("undefined");
  });

  test("shows a strategy that recorded nothing, and one that took no time", () => {
    const instant: Span = { lane: "x", kind: "io", label: "", startMs: 0, endMs: 0, ok: true };
    const page = renderPage(experiment([strategy("empty", []), strategy("instant", [instant])]));
    expect(page).toContain("No spans were recorded.");
    expect(page).not.toContain("NaN");
  });
});

describe("texts of the run", () => {
  const hostile = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<!--",
    "]]>",
    "$& $` $' $1",
    "{name|x} {a} {value}",
    "a\u0000b\u001b[31m\u2028\ud800",
    "&lt;already&amp;",
    "a\u2003b",
  ];

  test.each(hostile)("that look like markup stay text wherever they stand: %j", (text) => {
    const span: Span = { lane: text, kind: "io", label: text, startMs: 0, endMs: 5, ok: false };
    const diagnosis = { rule: "balanced", headline: text, why: text } as const;
    const run = { ...strategy(text, [span]), description: text, diagnosis };
    const page = renderPage(
      experiment([run], {
        title: text,
        subtitle: text,
        context: [{ label: text, value: text }],
        diagnosis,
        table: { columns: [{ header: text, value: () => text, description: text }], rows: [run] },
        bars: {
          title: text,
          format: () => text,
          bars: [{ name: text, value: 1 }],
          bound: { label: text, value: 1 },
        },
        notes: [text],
      }),
    );
    // The numbers, and the script that zooms.
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page.match(/<svg role="img"/g)).toHaveLength(4);
    expect(page.match(/<svg/g)).toHaveLength(4 + page.split('<svg class="plot"').length - 1);
    expect(page).not.toMatch(/<img|<!--/);
    expect(page.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);
    expect(page.isWellFormed()).toBe(true);
    expect(/\p{Cc}/u.test(page.replaceAll("\n", ""))).toBe(false);
    expect(page.match(/<title>/g)).toHaveLength(2);
    expect(embeddedData(page)).toMatchObject({ title: text });
  });
});

describe("a timeline", () => {
  test("has a bar for each span, that says what it was", () => {
    const page = renderPage(
      experiment([strategy("async", [...hashes(2), ...requests(2, 2, (i) => i === 1)])]),
    );
    expect(titlesIn(page)).toEqual([
      "hash 0: computing, from 0.00 ms, for 15.0 ms",
      "hash 1: computing, from 15.0 ms, for 15.0 ms",
      "row 0: in flight, from 0.00 ms, for 100 ms",
      "row 1: in flight, failed, from 50.0 ms, for 100 ms",
    ]);
  });

  test("draws failed spans last, so that nothing hides them", () => {
    const page = renderPage(
      experiment([
        strategy(
          "crawl",
          requests(50, 10, (i) => i % 20 === 0),
        ),
      ]),
    );
    expect(
      titlesIn(page)
        .slice(-3)
        .every((title) => title.includes("failed")),
    ).toBe(true);
    expect(titlesIn(page).filter((title) => title.includes("failed"))).toHaveLength(3);
  });

  test("begins at 0 at the start of its strategy", () => {
    const page = renderPage(
      experiment([strategy("late", requests(1, 1), { startMs: 1_700_000_000_000 - 40 })]),
    );
    expect(titlesIn(page)).toEqual(["row 0: in flight, from 40.0 ms, for 100 ms"]);
  });

  test("merges spans of a row above 20,000, keeps the errors, and says so", () => {
    const page = renderPage(
      experiment([
        strategy(
          "crawl",
          requests(30_000, 50, (i) => i === 15_000),
        ),
      ]),
    );
    const titles = titlesIn(page);
    expect(titles.length).toBeLessThanOrEqual(20_000);
    expect(titles.length).toBeGreaterThan(5_000);
    expect(titles.at(-1)).toBe("row 15000: in flight, failed, from 30.0 s, for 100 ms");
    expect(page).toMatch(
      /30,000 spans, drawn as [\d,]+ bars: spans of a row that together fit into .* are drawn as one/,
    );
    expect(sumOfCounts(titles)).toBe(30_000);
  });

  test("shares out the bars between the strategies, and says nothing when none is merged", () => {
    const [few, many] = [strategy("few", requests(9_000, 50)), strategy("many", requests(11_000, 50))];
    const notes = renderPage(experiment([few, many])).match(/[\d,]+ spans, drawn as/g);
    expect(new Set(notes)).toEqual(new Set(["9,000 spans, drawn as", "11,000 spans, drawn as"]));
    expect(renderPage(experiment([strategy("few", requests(500, 50))]))).not.toContain("drawn as");
  });

  test("says that it is a sample when the trace was one", () => {
    const page = renderPage(experiment([strategy("crawl", requests(100, 10), { droppedSpans: 900 })]));
    expect(page).toContain("A sample: the trace kept 100 of 1,000 spans");
    expect(page).toContain("at most 100</text>");
  });

  test("shows the busiest of many lanes by themselves, and the rest as one", () => {
    const spans = requests(200, 10).map((span, i) => ({ ...span, lane: `host ${i < 100 ? 0 : i}` }));
    const page = renderPage(experiment([strategy("crawl", spans)]));
    expect(page).toContain('<td class="number">100</td>');
    expect(page).toContain(">78 more lanes</th>");
  });

  test("takes what the caller says for the requests in flight", () => {
    const spans = [...requests(10, 5), ...requests(10, 5).map((span): Span => ({ ...span, kind: "sink" }))];
    const byDefault = renderPage(experiment([strategy("both", spans)]));
    const named = renderPage(experiment([strategy("both", spans, { inFlight: () => true })]));
    expect(byDefault).toContain("limit 100 · at most 5</text>");
    expect(named).toContain("limit 100 · at most 10</text>");
  });
});

function sumOfCounts(titles: readonly string[]): number {
  const counts = titles.map((title) => /^([\d,]+) spans/.exec(title)?.[1]?.replaceAll(",", "") ?? "1");
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
