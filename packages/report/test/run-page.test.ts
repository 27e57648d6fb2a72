import { pageOfRuns, renderPage, runPage } from "@overlap/report/page";
import { describe, expect, test } from "vitest";
import { recordedRun } from "./recorded-run.ts";

describe("the page of a run", () => {
  const page = runPage(recordedRun("fetch", 400, 20, { failed: 1, retries: 3 }));
  const html = renderPage(page);

  test("has six figures, each with its scope", () => {
    expect(page.tiles?.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      "Wall time: 2.10 s",
      "Throughput: 191 / s",
      "Answer, p50 / p99: 100 ms / 100 ms",
      "In flight: 19.1 / 20",
      "Main thread's CPU: 20 %",
      "Errors / retries: 1 / 3",
    ]);
    expect(page.tiles?.every(({ detail }) => detail !== undefined && detail !== "")).toBe(true);
    expect(page.tiles?.[3]?.detail).toBe("on average; Little's law ✓");
  });

  test("shows where the wall time went in parts that make 100 %, for those who don't see it too", () => {
    const [, label = ""] = /<div class="share" role="img" aria-label="([^"]*)"/.exec(html) ?? [];
    expect(label).toBe(
      "JavaScript 20 %, ready, but other programs had the cores 6 %, blocked by a synchronous call 4 %, waiting for I/O 68 %, nothing in flight 2 %, beside it CPU of others 15 %",
    );
    const shares = [...html.matchAll(/flex:0 0 ([\d.]+)%/g)].map(([, share]) => Number(share));
    expect(shares.slice(0, 5).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 1);
  });

  test("says what limited it", () => {
    expect(html).toContain('data-rule="io-bound"');
    expect(html).toContain("raise concurrency from 20");
  });

  test("shows how the limit changed, and why", () => {
    const { record, trace } = recordedRun("fetch", 400, 20);
    trace.count("limit", 10, record.times.startMs, "start");
    trace.count("limit", 20, record.times.startMs + 500, "answers as fast as before");
    const changed = renderPage(runPage({ record, trace }));
    expect(changed).toContain("How the limit changed (2 times)");
    expect(changed).toContain("answers as fast as before");
    expect(renderPage(runPage(recordedRun("fetch", 400, 20)))).not.toContain("How the limit changed");
  });

  test("of a run without any request and without spans is there too", () => {
    const { record } = recordedRun("count", 400, 20);
    const flights = { started: 0, ended: 0, peak: 0, meanInFlight: 0, idleInFlightMs: 0 };
    const quiet = {
      record: { ...record, limit: 0, times: { ...record.times, flights } },
      trace: recordedRun("", 0, 1).trace,
    };
    expect(renderPage(runPage(quiet))).toContain("No spans were recorded.");
  });

  test("lets no name out of its place", () => {
    const hostile = `"></title><script>alert(1)</script>`;
    const text = renderPage(
      runPage(recordedRun(hostile, 40, 2, { description: hostile, context: { [hostile]: hostile } })),
    );
    expect(text).not.toContain(hostile);
    expect(text.match(/<script/g)).toHaveLength(2);
  });
});

describe("the page of two runs", () => {
  test("says which is faster, by how much, and what differs most", () => {
    const page = pageOfRuns([recordedRun("serial", 40, 1), recordedRun("window", 400, 20)]);
    expect(page.diagnosis.headline).toMatch(
      /^window is 19\.1 × as fast as serial, item for item\. I\/O-bound:/,
    );
    expect(page.diagnosis.why).toMatch(
      /^window took 5\.24 ms an item, serial 100 ms an item\. What differs most is waiting for I\/O: 3\.56 ms an item against 68\.0 ms\.$/,
    );
    expect(page.title).toBe("serial against window");
  });

  test("calls a small difference none, and says how to know", () => {
    const page = pageOfRuns([recordedRun("fetch", 400, 20), recordedRun("fetch", 400, 21)]);
    expect(page.diagnosis.headline).toMatch(/^No clear difference: 1\.05 ×/);
    expect(page.title).toBe("fetch (1) against fetch (2)");
  });

  test("draws both timelines on the same scale", () => {
    const html = renderPage(pageOfRuns([recordedRun("serial", 40, 1), recordedRun("window", 400, 20)]));
    const lengths = [...html.matchAll(/&quot;endMs&quot;:([\d.]+)/g)].map(([, ms]) => Number(ms));
    expect(new Set(lengths)).toEqual(new Set([4_000]));
  });

  test("has what both have in common only once", () => {
    const page = pageOfRuns([recordedRun("serial", 40, 1), recordedRun("window", 400, 20)]);
    expect(page.context).toContainEqual({ label: "cores", value: "2" });
    expect(page.context).toContainEqual({ label: "items", value: "40 against 400" });
  });
});
