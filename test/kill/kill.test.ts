import { describe, expect, it } from "vitest";
import { killJob } from "./kill.ts";
import { items, repeatedPerKill, type SinkKind } from "./kill-plan.ts";

const kills = 20;

describe(`a job of ${items} items that is killed ${kills} times with SIGKILL and resumed`, () => {
  it.each<[promise: string, kind: SinkKind, seed: number]>([
    ["exactly once in a table that keeps the journal", "sqlite", 1],
    ["at least once in a file, and not often twice", "ndjson", 2],
    ["at least once behind an HTTP database, and not often twice", "http", 3],
  ])("has every item %s", { timeout: 300_000 }, async (_, kind, seed) => {
    const { kills: killed, rows, distinct } = await killJob(kind, kills, seed);
    expect(killed).toBe(kills);
    expect(distinct).toBe(items);
    expect(rows - items).toBeLessThanOrEqual(kills * repeatedPerKill(kind));
  });
});
