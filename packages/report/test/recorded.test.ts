import { createReadStream, readdirSync } from "node:fs";
import { describeRun, type RecordedRun, toRunRecord } from "@overlap/report";
import { readNdjson } from "@overlap/trace";
import { expect, test } from "vitest";

/**
 * Runs of `npm run bench -- diagnosis` on a busy machine with two cores, each named for what is true of it. They were chosen from among
 * those that were right, so they hold the rules where they are, and say nothing about how often these are right.
 */
const folder = new URL("recorded/", import.meta.url);

async function readRun(file: string): Promise<RecordedRun> {
  for await (const { about, trace } of readNdjson(createReadStream(new URL(file, folder), "utf8"))) {
    const record = toRunRecord(about);
    if (record !== undefined) return { record, trace };
  }
  throw new Error(`no run in ${file}`);
}

test.each(readdirSync(folder))("what is true of a recorded run is said of it: %s", async (file) => {
  const run = await readRun(file);
  const { diagnosis, breakdown, little } = describeRun(run);
  expect(`${diagnosis.rule}.ndjson`).toBe(file);
  expect(little?.mismatch).toBeLessThan(0.05);
  const { otherCpuMs: _, ...parts } = breakdown;
  const sumMs = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
  expect(sumMs).toBeCloseTo(run.record.times.wallMs, 6);
});
