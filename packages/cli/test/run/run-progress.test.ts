import type { JobProgress } from "@overlap/pipeline";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRunProgress } from "../../src/run/run-progress.ts";

const written: string[] = [];

/** A run of a thousand items, of which ten are done in each hundred milliseconds. */
function progressAt(wallMs: number, more: Partial<JobProgress> = {}): JobProgress {
  const delivered = wallMs / 10;
  const counts = {
    items: delivered + 20,
    delivered,
    dropped: 0,
    rejected: 0,
    failed: 0,
    skipped: 0,
    retries: 0,
  };
  return { ...counts, stages: [], wallMs, ...more };
}

/** What is written without a terminal while a run goes on for so many seconds. */
function linesOf(
  seconds: number,
  expected: number | null,
  most = Number.POSITIVE_INFINITY,
  more: Partial<JobProgress> = {},
) {
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  using progress = createRunProgress({ title: "job.ts", expected, most }, false);
  for (let wallMs = 100; wallMs <= seconds * 1_000; wallMs += 100) progress.update(progressAt(wallMs, more));
  return written;
}

afterEach(() => {
  vi.restoreAllMocks();
  written.length = 0;
});

describe("without a terminal, a run", () => {
  it("writes a line every five seconds, with the time that is left", () => {
    expect(linesOf(12, 2_000)).toEqual([
      "job.ts: 500 of 2,000, 100/s, 20 in flight, 15.0 s left\n",
      "job.ts: 1,000 of 2,000, 100/s, 20 in flight, 10.0 s left\n",
    ]);
  });

  it("knows no time where nobody knows how many items there are", () => {
    expect(linesOf(5, null)).toEqual(["job.ts: 500, 100/s, 20 in flight\n"]);
  });

  it("counts neither what was done before nor what it was told to leave", () => {
    expect(linesOf(5, 2_000, Number.POSITIVE_INFINITY, { skipped: 900 })).toEqual([
      "job.ts: 500 of 1,100, 100/s, 20 in flight, 900 done before, 6.00 s left\n",
    ]);
    written.length = 0;
    expect(linesOf(5, 2_000, 700)).toEqual(["job.ts: 500 of 700, 100/s, 20 in flight, 2.00 s left\n"]);
  });

  it("says what has failed and what was set aside", () => {
    expect(linesOf(5, null, 600, { rejected: 3, failed: 1, retries: 2 })[0]).toContain(
      "16 in flight, 1 failed, 3 set aside, 2 retries",
    );
  });

  it("says nothing when it is to be quiet", () => {
    vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
    using progress = createRunProgress({ title: "job.ts", expected: null, most: 1 }, true);
    progress.update(progressAt(60_000));
    expect(written).toEqual([]);
  });
});
