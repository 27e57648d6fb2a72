import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BadRecordError, collect, csv, lines, ndjson, pipeline, range } from "../src/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-sources-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function file(text: string | Uint8Array, name = "input"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function* pieces(...all: (string | Uint8Array)[]) {
  yield* all;
}

/** Runs the source to its end, and gives what was good and what was bad. */
async function read<T>(source: AsyncIterable<T>) {
  const kept = collect<T>();
  const bad: string[] = [];
  const summary = await pipeline(source)
    .to(kept as never, { maxFailures: Number.POSITIVE_INFINITY })
    .run();
  return { items: kept.items, bad, summary };
}

describe("lines", () => {
  it("gives the lines of a file, by path or URL, without their ends", async () => {
    const path = await file("one\r\ntwo\n\nthree");
    const expected = ["one", "two", "", "three"];
    expect(await Array.fromAsync(lines(path))).toEqual(expected);
    expect(await Array.fromAsync(pipeline(lines(pathToFileURL(path))))).toEqual(expected);
    expect(await Array.fromAsync(lines(await file("")))).toEqual([]);
  });

  it("gives the lines of a stream", async () => {
    const stream = new PassThrough();
    stream.end("a\nb\n");
    expect(await Array.fromAsync(pipeline(lines(stream)))).toEqual(["a", "b"]);
  });

  it("gives the same lines however the text is cut into pieces", async () => {
    const character = fc.constantFrom("a", "é", "𝄞", "\n", "\r\n", "\r");
    await fc.assert(
      fc.asyncProperty(fc.array(character), fc.array(fc.nat(7)), async (characters, sizes) => {
        const bytes = Buffer.from(characters.join(""));
        const expected = bytes.toString().split("\n");
        if (expected.at(-1) === "") expected.pop();
        const cut: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = (sizes.pop() ?? 2) + 1;
          cut.push(bytes.subarray(at, at + size));
          at += size;
        }
        const found = await Array.fromAsync(lines(pieces(...cut)));
        expect(found).toEqual(expected.map((line) => line.replace(/\r$/, "")));
      }),
    );
  });

  it("passes a byte order mark over", async () => {
    expect(await Array.fromAsync(lines(pieces(toBytes("\uFEFFa"), toBytes("\nb"))))).toEqual(["a", "b"]);
  });

  it("fails a line that is longer than it may be, with its number, and keeps none of it", async () => {
    const long = "x".repeat(50);
    const source = () =>
      lines(pieces("ok\n", long, long, `${long}\nfine\n`, `${long}\n`, "end"), { maxLineCharacters: 20 });
    const { items, summary } = await read(source());
    expect(items).toEqual(["ok", "fine", "end"]);
    expect(summary).toMatchObject({ items: 5, delivered: 3, failed: 2 });
    await expect(pipeline(source()).to(collect<string>()).run()).rejects.toMatchObject({
      stage: "source",
      cause: { line: 2, message: "the stream, line 2: longer than 20 characters" },
    });
  });

  it("says which file can't be read, and why", async () => {
    const path = join(folder, "missing.txt");
    const run = pipeline(lines(path)).to(collect<string>()).run();
    await expect(run).rejects.toMatchObject({
      message: `the source failed: cannot read ${path}: there is no such file`,
      cause: { code: "OVERLAP_PIPELINE_SOURCE_FILE", path },
    });
    await expect(Array.fromAsync(lines(folder))).rejects.toThrow("it is a folder");
  });

  it("closes the file when it is left early", async () => {
    const stream = createReadStream(await file("a\n".repeat(100_000)), { highWaterMark: 100 });
    for await (const line of pipeline(lines(stream))) {
      expect(line).toBe("a");
      break;
    }
    expect(stream.destroyed).toBe(true);
  });

  it("refuses what is neither a path nor a stream", () => {
    expect(() => lines(7 as never)).toThrow("expected a path, a file: URL or a stream, got 7");
    expect(() => lines("x", { maxLineCharacters: 0 })).toThrow("maxLineCharacters, got 0");
  });
});

describe("ndjson", () => {
  it("gives the values, and passes empty lines over", async () => {
    const path = await file('{"a":1}\n\n[2]\r\n"three"\n');
    expect(await Array.fromAsync(pipeline(ndjson(path)))).toEqual([{ a: 1 }, [2], "three"]);
  });

  it("fails a line that is no JSON, with its number and its text, and goes on", async () => {
    const path = await file('1\n\n{"a":\n4\n');
    const { items, summary } = await read(ndjson<number>(path));
    expect(items).toEqual([1, 4]);
    expect(summary).toMatchObject({ items: 3, delivered: 2, failed: 1 });
    const error = await pipeline(ndjson(path))
      .to(collect())
      .run()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: "source", item: '{"a":', cause: { line: 3 } });
    expect((error as Error).cause).toBeInstanceOf(BadRecordError);
  });

  it("ends a plain iteration with the first bad line", async () => {
    await expect(Array.fromAsync(ndjson(pieces("1\nno\n")))).rejects.toThrow(/line 2: no JSON/);
  });
});

describe("csv", () => {
  it("gives objects by the names in the first record", async () => {
    const path = await file('\uFEFFid,name\r\n1,"Ada, ""the first"""\r\n\r\n2,"two\nlines"\r\n');
    expect(await Array.fromAsync(pipeline(csv(path)))).toEqual([
      { id: "1", name: 'Ada, "the first"' },
      { id: "2", name: "two\nlines" },
    ]);
  });

  it("takes names, delimiter and comments as given", async () => {
    const path = await file("# people\n1;Ada\n2;Grace\n");
    const options = { columns: ["id", "name"], delimiter: ";", comment: "#" };
    expect(await Array.fromAsync(csv(path, options))).toEqual([
      { id: "1", name: "Ada" },
      { id: "2", name: "Grace" },
    ]);
  });

  it("fails a record with too few or too many fields, with its line, in its place, and goes on", async () => {
    const path = await file("a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n");
    const { items, summary } = await read(csv(path));
    expect(items.map((record) => record.a)).toEqual(["1", "4", "9"]);
    expect(summary).toMatchObject({ items: 5, delivered: 3, failed: 2 });
    const error = await pipeline(csv(path))
      .to(collect())
      .run()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: "source", idempotencyKey: "1", cause: { line: 3 } });
  });

  it("fails what follows a quote that is never closed", async () => {
    const { items, summary } = await read(csv(await file('a,b\n1,2\n3,"4\n5,6\n')));
    expect(items).toEqual([{ a: "1", b: "2" }]);
    expect(summary).toMatchObject({ items: 2, delivered: 1, failed: 1 });
  });

  it("reads a large file in blocks", async () => {
    const path = await file("n\n");
    for (let block = 0; block < 10; block++)
      await appendFile(path, Array.from({ length: 10_000 }, (_, i) => `${block * 10_000 + i}\n`).join(""));
    const summary = await pipeline(csv(path))
      .map(({ n }) => Number(n))
      .to(async () => {})
      .run({ maxItems: 50_000 });
    expect(summary).toMatchObject({ delivered: 50_000, ended: "maxItems" });
  });
});

describe("range", () => {
  it("counts up to its end, by its step", async () => {
    expect(await Array.fromAsync(pipeline(range(1, 4)))).toEqual([1, 2, 3]);
    expect(await Array.fromAsync(range(10, 0, -4))).toEqual([10, 6, 2]);
    expect(await Array.fromAsync(range(3, 3))).toEqual([]);
    const { delivered } = await pipeline(range(0, Number.POSITIVE_INFINITY))
      .to(async () => {})
      .run({ maxItems: 9 });
    expect(delivered).toBe(9);
  });

  it("refuses what is no integer", () => {
    expect(() => range(0.5, 2)).toThrow("expected an integer for start, got 0.5");
    expect(() => range(0, 2, 0)).toThrow("expected another step than 0");
  });
});

describe("a source that is a function", () => {
  it("is called by each run, and hears when no more is wanted", async () => {
    const signals: AbortSignal[] = [];
    const job = pipeline(function* ({ signal }) {
      signals.push(signal);
      for (let i = 0; ; i++) yield i;
    }).to(async () => {});
    await job.run({ maxItems: 3 });
    await job.run({ maxItems: 3 });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });
});

describe("a source that throws when it is opened", () => {
  it("ends the run as one that throws later does", async () => {
    const cause = new Error("no such table");
    const job = pipeline((): Iterable<number> => {
      throw cause;
    }).to(async () => {});
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_SOURCE", cause });
  });
});

describe("a source with one pass in it", () => {
  it("is refused the second time, instead of being found empty", async () => {
    function* once() {
      yield 1;
    }
    const job = pipeline(once()).to(collect<number>());
    await job.run();
    await expect(job.run()).rejects.toThrow("give the pipeline a function that makes a new one");
    const stream = pipeline(lines(pieces("a\n"))).to(collect<string>());
    await stream.run();
    await expect(stream.run()).rejects.toMatchObject({ cause: { code: "OVERLAP_PIPELINE_SOURCE_USED" } });
  });
});

function toBytes(text: string): Uint8Array {
  return Buffer.from(text);
}
