import { appendFile, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@overlap/loop";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  csv,
  csvFile,
  ndjson,
  ndjsonFile,
  pipeline,
  type RowSink,
  type RowWriter,
  range,
} from "../src/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-files-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const text = (name: string) => readFile(at(name), "utf8");

async function save<Row>(rows: readonly Row[], sink: RowSink<Row>) {
  return await pipeline(rows)
    .to(sink as never, { maxFailures: rows.length })
    .run();
}

describe("ndjsonFile", () => {
  it("writes a line of JSON for each item, and for each member of a batch", async () => {
    await save([{ a: 1 }, "two", null], ndjsonFile(at("out")));
    expect(await text("out")).toBe('{"a":1}\n"two"\nnull\n');
    await pipeline([1, 2, 3])
      .batch({ items: 2 })
      .to(ndjsonFile(at("batches")))
      .run();
    expect(await text("batches")).toBe("1\n2\n3\n");
  });

  it("finishes what it is writing before it closes, also for a call that was left alone", async () => {
    for (let round = 0; round < 20; round++) {
      const stop = new AbortController();
      const large = "x".repeat(4_000_000);
      const sink = ndjsonFile<string>(at("out"));
      const watched: RowSink<string> = {
        ...sink,
        async open(opening) {
          const writer = await sink.open(opening);
          return {
            write(rows, context) {
              queueMicrotask(() => queueMicrotask(() => stop.abort(new Error("enough"))));
              return (writer as RowWriter<string>).write(rows, context) as Promise<void>;
            },
            close: () => (writer as RowWriter<string>).close(),
          };
        },
      };
      const run = pipeline([large]).to(watched, { abandonAfterMs: 0 }).run({ signal: stop.signal });
      await expect(run).rejects.toThrow("enough");
      expect((await text("out")).length).toBe((round + 1) * (large.length + 3));
    }
  });

  it("appends to what is there", async () => {
    await save([1], ndjsonFile(at("out")));
    await save([2], ndjsonFile(at("out")));
    expect(await text("out")).toBe("1\n2\n");
  });

  it("keeps every row of many calls at once, in whatever order", async () => {
    await pipeline(range(0, 5_000))
      .to(ndjsonFile(at("out")), { concurrency: 500 })
      .run();
    const rows: number[] = [];
    for await (const row of ndjson<number>(at("out"))) rows.push(row);
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it("fails a row that has no JSON, and saves the others", async () => {
    const summary = await save([1, 2n, undefined, 4], ndjsonFile(at("out")));
    expect(summary).toMatchObject({ delivered: 2, failed: 2 });
    expect(await text("out")).toBe("1\n4\n");
  });

  it.each([
    ["a torn line", '{"a":1}\n{"a":', '{"a":1}\n', '{"a":'],
    ["a torn first line", '{"a":', "", '{"a":'],
    ["a number that may go on", "12\n3", "12\n", "3"],
    ["a whole line without its end", '{"a":1}', '{"a":1}\n', null],
    ["nothing torn", "1\n2\n", "1\n2\n", null],
  ])("repairs %s when it is opened again, and loses nothing", async (_, before, after, torn) => {
    await writeFile(at("out"), before);
    await save([9], ndjsonFile(at("out")));
    expect(await text("out")).toBe(`${after}9\n`);
    if (torn !== null) expect(await text("out.torn")).toBe(torn);
    expect(await readdir(folder)).toHaveLength(torn === null ? 1 : 2);
  });

  it("repairs a torn line that is longer than a block", async () => {
    await writeFile(at("out"), `1\n"${"x".repeat(200_000)}`);
    await save([2], ndjsonFile(at("out")));
    expect(await text("out")).toBe("1\n2\n");
  });

  it("says what it can't write to, before anything is taken", async () => {
    let taken = false;
    function* source() {
      taken = true;
      yield 1;
    }
    const run = pipeline(source())
      .to(ndjsonFile(at("no/such/folder")))
      .run();
    await expect(run).rejects.toMatchObject({
      code: "OVERLAP_PIPELINE_SINK",
      message: `cannot open ${at("no/such/folder")}: there is no such file`,
    });
    expect(taken).toBe(false);
  });
});

describe("csvFile", () => {
  it("writes the names of the columns first, and fields so that they can be read again", async () => {
    const rows = [
      { id: 1, text: 'say "hi", twice', more: null },
      { id: 2, text: "two\nlines", more: undefined },
      { id: 3, text: "", more: { a: [1] } },
      { id: 4, text: "ä", more: new Date(0) },
    ];
    await save<object>(rows, csvFile(at("out.csv")));
    expect(await Array.fromAsync(csv(at("out.csv")))).toEqual([
      { id: "1", text: 'say "hi", twice', more: "" },
      { id: "2", text: "two\nlines", more: "" },
      { id: "3", text: "", more: '{"a":[1]}' },
      { id: "4", text: "ä", more: "1970-01-01T00:00:00.000Z" },
    ]);
  });

  it("appends by the columns of the file, in their order", async () => {
    await writeFile(at("out.csv"), "b,a\n1,2\n");
    await save<object>([{ a: 3, b: 4 }], csvFile(at("out.csv")));
    expect(await text("out.csv")).toBe("b,a\n1,2\n4,3\n");
  });

  it("takes columns and delimiter as given, and refuses a file that has others", async () => {
    await save<object>([{ a: 1 }], csvFile(at("out.csv"), { columns: ["b", "a"], delimiter: ";" }));
    expect(await text("out.csv")).toBe("b;a\n;1\n");
    await expect(
      save<object>([{ a: 1 }], csvFile(at("out.csv"), { columns: ["a"], delimiter: ";" })),
    ).rejects.toThrow("has the columns b, a, and not a");
  });

  it("writes the names once, also when rows come while the first of them are being written", async () => {
    const rows = Array.from({ length: 300 }, (_, n) => ({ n }));
    await pipeline(rows)
      .io("arrive", async (row) => {
        for (let i = 0; i < row.n % 7; i++) await sleep(0);
        return row;
      })
      .to(csvFile(at("out.csv")))
      .run();
    const names = (await text("out.csv")).split("\n").filter((line) => line === "n");
    expect(names).toHaveLength(1);
    expect(await Array.fromAsync(csv(at("out.csv")))).toHaveLength(300);
  });

  it("fails a row that can't be written, and saves the others of its batch", async () => {
    const circular: { a: unknown } = { a: null };
    circular.a = circular;
    const summary = await pipeline<object>([{ a: 1 }, circular, { a: 2 }])
      .batch()
      .to(csvFile(at("out.csv")), { maxFailures: 3 })
      .run();
    expect(summary).toMatchObject({ delivered: 2, failed: 1 });
    expect(await text("out.csv")).toBe("a\n1\n2\n");
  });

  it("closes a file that it refuses", async () => {
    await writeFile(at("out.csv"), "b,a\n1,2\n");
    await expect(save<object>([{ a: 1 }], csvFile(at("out.csv"), { columns: ["a"] }))).rejects.toThrow(
      "not a",
    );
    expect(await openFilesIn(folder)).toEqual([]);
  });

  it("fails a row with a property that is no column", async () => {
    const summary = await save<object>([{ a: 1 }, { a: 2, b: 3 }, {}], csvFile(at("out.csv")));
    expect(summary).toMatchObject({ delivered: 2, failed: 1 });
    expect(await text("out.csv")).toBe("a\n1\n\n");
  });

  it.each([
    ["a torn record", 'a,b\n1,2\n3,"fo', "a,b\n1,2\n", '3,"fo'],
    ["a record torn within quotes, behind an end of line", 'a,b\n1,"x\ny', "a,b\n", '1,"x\ny'],
    ["a torn header", "a,", "", "a,"],
    ["a record of two lines", 'a,b\n1,"x\ny"\n', 'a,b\n1,"x\ny"\n', null],
  ])("repairs %s when it is opened again, and loses nothing", async (_, before, after, torn) => {
    await writeFile(at("out.csv"), before);
    await save<object>([{ a: 8, b: 9 }], csvFile(at("out.csv")));
    expect(await text("out.csv")).toBe(`${after === "" ? "a,b\n" : after}8,9\n`);
    if (torn !== null) expect(await text("out.csv.torn")).toBe(torn);
  });
});

/** Which files in the folder this process has open; none where the system doesn't tell. */
async function openFilesIn(path: string): Promise<string[]> {
  const handles = await readdir("/proc/self/fd").catch(() => []);
  const files = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => "")),
  );
  return files.filter((file) => file.startsWith(path));
}

describe("a file and a journal", () => {
  it("have every row once after a run that was drained and resumed", async () => {
    const job = pipeline(range(0, 2_000))
      .batch({ items: 100 })
      .to(ndjsonFile(at("out")), { journal: at("job.db") });
    await job.run({ maxItems: 777 });
    await appendFile(at("out"), '{"torn');
    await job.run({ resume: true });
    const rows: number[] = [];
    for await (const row of ndjson<number>(at("out"))) rows.push(row);
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });
});
