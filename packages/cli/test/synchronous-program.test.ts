import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type DatabaseRow, type SpawnedDatabase, spawnDatabase } from "@overlap/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("./fixtures/synchronous-script.ts", import.meta.url));

let database: SpawnedDatabase;
beforeAll(async () => {
  database = await spawnDatabase({ delayMs: 20 });
});
afterAll(() => database.stop());
beforeEach(async () => {
  await fetch(`${database.address}/rows`, { method: "DELETE" });
});

async function savedValues(): Promise<number[]> {
  const rows = (await (await fetch(`${database.address}/rows?limit=1000`)).json()) as DatabaseRow[];
  return rows.map(({ value }) => Number(value)).toSorted((a, b) => a - b);
}

function runScript(...args: readonly string[]) {
  const argv = ["--conditions=@overlap/source", script, database.address, ...args];
  return spawnSync(process.execPath, argv, { encoding: "utf8" });
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("a synchronous program with a batcher", () => {
  it("saves every item, a hundred at once", async () => {
    const { status, stderr } = runScript("250");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(await savedValues()).toEqual(numbers(250));
    const { peakInFlight } = (await (await fetch(`${database.address}/stats`)).json()) as {
      peakInFlight: number;
    };
    expect(peakInFlight).toBeLessThanOrEqual(100);
    expect(peakInFlight).toBeGreaterThan(1);
  });

  it.each([
    ["throwing", 1, "the program has failed"],
    ["exiting", 3, ""],
    ["forgetting", 0, ""],
  ])("loses nothing when it ends by %s", async (ends, code, said) => {
    const { status, stderr } = runScript("130", ends);
    expect(stderr).toContain(said);
    expect(status).toBe(code);
    expect(await savedValues()).toEqual(numbers(130));
  });

  it("ends with an error that names the items when the database is gone", async () => {
    await using gone = await spawnDatabase({ delayMs: 1 });
    await gone.stop();
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--conditions=@overlap/source", script, gone.address, "3"],
      { encoding: "utf8" },
    );
    expect(stderr).toContain("3 of 3 items were not saved; the first: fetch failed");
    expect(status).toBe(1);
  });
});
