import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep, wait } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ItemOutcome,
  type Job,
  lines,
  ndjson,
  pipeline,
  range,
  type SinkOptions,
  sqliteTable,
} from "../src/index.ts";

let folder: string;
let journal: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-resume-"));
  journal = join(folder, "job.db");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A job that saves into `saved`, and fails for what `broken` says. */
function counting(
  source: Iterable<number> | AsyncIterable<number>,
  options: Partial<SinkOptions<number>> = {},
) {
  const saved: number[] = [];
  const broken = new Set<number>();
  const job = pipeline(source)
    .io("check", async (x) => {
      if (broken.has(x)) throw new Error(`${x} is broken`);
      return x;
    })
    .to(async (x) => void saved.push(x), { journal, concurrency: 4, ...options });
  return { job, saved, broken };
}

describe("a journal", () => {
  it("lets the next run go on where this one ended", async () => {
    const { job, saved } = counting(range(0, 1_000));
    expect(await job.run({ maxItems: 300 })).toMatchObject({ items: 300, delivered: 300, skipped: 0 });
    expect(await job.run({ resume: true, maxItems: 300 })).toMatchObject({ items: 300, skipped: 300 });
    expect(await job.run({ resume: true })).toMatchObject({ items: 400, delivered: 400, skipped: 600 });
    expect(await job.run({ resume: true })).toMatchObject({ items: 0, skipped: 1_000, ended: "source" });
    expect(saved.toSorted((a, b) => a - b)).toEqual(numbers(1_000));
  });

  it("is not overlooked: without resume the run refuses, and does nothing", async () => {
    const { job, saved } = counting(range(0, 10));
    await job.run({ maxItems: 4 });
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS", done: 4 });
    expect(saved).toHaveLength(4);
  });

  it("may be new when a run is told to resume", async () => {
    const { job, saved } = counting(range(0, 10));
    await job.run({ resume: true });
    expect(saved).toHaveLength(10);
  });

  it("leaves what has failed for the next run, and what is dropped is done", async () => {
    const saved: number[] = [];
    let mended = false;
    const job = pipeline(range(0, 100))
      .filter((x) => x % 2 === 0)
      .io("check", async (x) => {
        if (x % 10 === 0 && !mended) throw new Error("round");
        return x;
      })
      .to(async (x) => void saved.push(x), { journal, maxFailures: 50 });
    expect(await job.run()).toMatchObject({ items: 100, delivered: 40, dropped: 50, failed: 10 });
    mended = true;
    expect(await job.run({ resume: true })).toMatchObject({ items: 10, delivered: 10, skipped: 90 });
    expect(await job.run({ resume: true })).toMatchObject({ items: 0, skipped: 100 });
    expect(saved.toSorted((a, b) => a - b)).toEqual(numbers(50).map((x) => x * 2));
  });

  it("goes on after a failure that ended the run", async () => {
    const { job, saved, broken } = counting(range(0, 200));
    broken.add(77);
    await expect(job.run()).rejects.toMatchObject({ stage: "check", item: 77 });
    broken.clear();
    await job.run({ resume: true });
    expect(saved.toSorted((a, b) => a - b)).toEqual(numbers(200));
  });

  it("keeps what was saved of a batch whose second attempt fails while the run ends", () => {
    runVirtualSync(function* () {
      const saved: number[] = [];
      let broken = true;
      const job = pipeline(range(0, 8))
        .batch({ items: 4 })
        .to(
          function* (batch, { attempt }) {
            yield* sleep(10);
            if (broken && attempt === 2) throw new Error("no connection");
            return {
              outcomes: batch.map((x): ItemOutcome => {
                if (broken && x % 2 === 1) return { ok: false, error: new Error(`${x} is odd`) };
                saved.push(x);
                return { ok: true };
              }),
            };
          },
          { journal, concurrency: 2, retry: { attempts: 2, baseDelayMs: 0 } },
        );
      const run = job.run();
      yield* wait([run]);
      expect(run.exception()).toMatchObject({ code: "OVERLAP_PIPELINE_STAGE" });
      broken = false;
      yield* job.run({ resume: true });
      expect(saved.toSorted((a, b) => a - b)).toEqual(numbers(8));
    });
  });

  it("tells items of other sources by their keys, in whatever order they come", async () => {
    const saved: string[] = [];
    const job = (...names: string[]) =>
      pipeline(names, { key: (name) => name }).to(async (name) => void saved.push(name), { journal });
    await job("a", "b", "c").run();
    expect(await job("d", "c", "e", "a").run({ resume: true })).toMatchObject({ items: 2, skipped: 2 });
    expect(saved).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("does not take a record without a key for the item whose key is its place", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const saved: string[] = [];
    const job = (text: string) =>
      pipeline(ndjson<{ id: string }>(pieces(text)), { key: ({ id }) => id }).to(
        async ({ id }) => void saved.push(id),
        { journal, deadLetter },
      );
    expect(await job('{"id":"a"}\nno json\n').run()).toMatchObject({ delivered: 1, rejected: 1 });
    expect(await job('{"id":"1"}\n').run({ resume: true })).toMatchObject({ delivered: 1, skipped: 0 });
    expect(saved).toEqual(["a", "1"]);
  });

  it("leaves a generator unread when it refuses", async () => {
    function* once() {
      yield* ["a", "b"];
    }
    const saved: string[] = [];
    const job = (source: Iterable<string>) =>
      pipeline(source, { key: (name) => name }).to(async (name) => void saved.push(name), { journal });
    await job(["a"]).run();
    const second = job(once());
    await expect(second.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS" });
    expect(await second.run({ resume: true })).toMatchObject({ delivered: 1, skipped: 1 });
  });

  it("tells a source that is a function to end when it refuses", async () => {
    const signals: AbortSignal[] = [];
    const job = pipeline(
      ({ signal }) => {
        signals.push(signal);
        return ["a"];
      },
      { key: (name) => name },
    ).to(async () => {}, { journal });
    await job.run();
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS" });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });

  it("stays where the job has it: in the sink, or in a file", async () => {
    const inSink = pipeline(range(0, 3)).to(sqliteTable(join(folder, "out.db"), "t"), { journal: "in-sink" });
    expect(() => inSink.run({ journal })).toThrow(
      "expected no other journal for a job that keeps it in its sink",
    );
    const inFile = pipeline(range(0, 3)).to(sqliteTable(join(folder, "out.db"), "t"), { journal });
    expect(() => inFile.run({ journal: "in-sink" })).toThrow('expected a file for journal, got "in-sink"');
  });

  it("can be named by the run", async () => {
    const other = join(folder, "other.db");
    const { job } = counting(range(0, 10));
    await job.run({ journal: other });
    expect(existsSync(other)).toBe(true);
    expect(existsSync(journal)).toBe(false);
  });
});

describe("resuming is refused", () => {
  async function refusal(job: Job): Promise<unknown> {
    return await job.run({ resume: true }).catch((error: unknown) => error);
  }

  it("when the file was changed, and says how", async () => {
    const input = join(folder, "input.txt");
    await writeFile(input, "1\n2\n3\n");
    const job = pipeline(lines(input)).to(async () => {}, { journal });
    await job.run({ maxItems: 1 });
    await appendFile(input, "4\n");
    expect(await refusal(job)).toMatchObject({
      code: "OVERLAP_PIPELINE_JOURNAL_MISMATCH",
      message: expect.stringMatching(/the source has changed: its size was 6, and is 8/),
    });
    await writeFile(input, "1\n2\n3\n");
    await utimes(input, new Date(), new Date(5_000));
    expect(await refusal(job)).toMatchObject({
      message: expect.stringMatching(/its modified was .*, and is 1970/),
    });
  });

  it("when the file is read in another way", async () => {
    const path = join(folder, "in.txt");
    await writeFile(path, "1\n\n2\n");
    const job = (source: AsyncIterable<unknown>) => pipeline(source).to(async () => {}, { journal });
    await job(lines(path)).run();
    await expect(job(ndjson(path)).run({ resume: true })).rejects.toThrow(
      "cannot resume: the source has changed: its format was lines, and is ndjson",
    );
  });

  it("when the range is another", async () => {
    await counting(range(0, 10)).job.run();
    expect(await refusal(counting(range(0, 20)).job)).toMatchObject({
      message: expect.stringMatching(/its end was 10, and is 20/),
    });
  });

  it("when the stages are others", async () => {
    await counting(range(0, 10)).job.run();
    const other = pipeline(range(0, 10))
      .io("download", async (x) => x)
      .to(async () => {}, { journal });
    expect(await refusal(other)).toMatchObject({
      message:
        "cannot resume: the stages were io check, sink sink, and are now io download, sink sink. Restore it, or delete the journal to start over",
    });
  });

  it("when the source can't be told from another", async () => {
    const job = () => counting(numbers(10)).job;
    await job().run();
    expect(await refusal(job())).toMatchObject({ code: "OVERLAP_PIPELINE_NOT_RESUMABLE" });
  });

  it("when another process uses the journal", async () => {
    const { job } = counting(range(0, 10));
    let second: unknown;
    const first = pipeline(range(0, 3)).to(
      async () => {
        second ??= await job.run({ resume: true }).catch((error: unknown) => error);
      },
      { journal },
    );
    await first.run();
    expect(second).toMatchObject({ message: expect.stringContaining("another program uses it") });
  });

  it("when the journal is no journal", async () => {
    await writeFile(journal, "not a database, but long enough to look like something else");
    expect(await refusal(counting(range(0, 10)).job)).toMatchObject({
      code: "OVERLAP_PIPELINE_JOURNAL",
      message: expect.stringContaining("the file is no SQLite database"),
    });
  });

  it("when there is no journal, or no folder for it", async () => {
    const job = pipeline(range(0, 3)).to(async () => {});
    expect(() => job.run({ resume: true })).toThrow("expected a journal to resume from, got none");
    await expect(job.run({ journal: join(folder, "no", "job.db") })).rejects.toThrow(
      "does the folder exist?",
    );
  });
});

describe("children", () => {
  it("that were saved are not saved again, when their item was not done", async () => {
    const saved: string[] = [];
    const stop = new AbortController();
    const job = pipeline(range(0, 3))
      .flatMap((n) => ["a", "b", "c", "d"].map((letter) => `${n}${letter}`))
      .flatMap((name) => [`${name}.`, `${name}!`])
      .to(
        async (name) => {
          if (saved.length === 13 && !stop.signal.aborted) {
            stop.abort(new Error("crash"));
            throw new Error("not saved");
          }
          saved.push(name);
        },
        { journal },
      );
    await expect(job.run({ signal: stop.signal })).rejects.toThrow("crash");
    expect(saved).toHaveLength(13);
    await job.run({ resume: true });
    expect(saved).toHaveLength(24);
    expect(new Set(saved).size).toBe(24);
  });
});

describe("dead letters", () => {
  const letters = async (path: string) =>
    (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("say what has failed, where, why, and after how many attempts", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const summary = await pipeline(["a", "bb", "ccc"], { key: (name) => `key of ${name}` })
      .map((name) => name.length)
      .io(
        "odd",
        async (length) => {
          if (length === 2) throw new RangeError("even", { cause: new Error("by nature") });
          return length;
        },
        { retry: { attempts: 2, baseDelayMs: 0 } },
      )
      .to(async () => {}, { deadLetter })
      .run();
    expect(summary).toMatchObject({ items: 3, delivered: 2, rejected: 1, failed: 0, retries: 1 });
    expect(await letters(deadLetter)).toMatchObject([
      {
        key: "key of bb",
        stage: "odd",
        attempts: 2,
        error: { name: "RangeError", message: "even", cause: { message: "by nature" } },
        item: 2,
        source: { id: "key of bb", value: "bb" },
      },
    ]);
  });

  it("are not tried by a run that resumes, but by one that is told to, until they are gone", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const { job, saved, broken } = counting(range(0, 50), { deadLetter });
    for (const x of [3, 33, 43]) broken.add(x);
    expect(await job.run()).toMatchObject({ delivered: 47, rejected: 3 });
    expect(await job.run({ resume: true })).toMatchObject({ items: 0, skipped: 50 });
    broken.delete(33);
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 3, delivered: 1, rejected: 2 });
    expect((await letters(deadLetter)).map(({ item }) => item)).toEqual([3, 43]);
    broken.clear();
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 2, delivered: 2 });
    expect(existsSync(deadLetter)).toBe(false);
    await expect(job.run({ retryDead: true })).rejects.toMatchObject({
      code: "OVERLAP_PIPELINE_DEAD_LETTER",
    });
    expect(saved.toSorted((a, b) => a - b)).toEqual(numbers(50));
  });

  it("work without a journal", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const saved: string[] = [];
    const broken = new Set(["b", "d"]);
    const job = pipeline(["a", "b", "c", "d"])
      .io("check", async (name) => {
        if (broken.has(name)) throw new Error(name);
        return name;
      })
      .to(async (name) => void saved.push(name), { deadLetter });
    await job.run();
    broken.delete("d");
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 2, delivered: 1, rejected: 1 });
    expect((await letters(deadLetter)).map(({ item }) => item)).toEqual(["b"]);
    expect(saved).toEqual(["a", "c", "d"]);
  });

  it("keep bad records, and lines that a crash has torn", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const { job, broken } = counting(range(0, 5), { deadLetter });
    broken.add(2);
    await job.run();
    const bad = JSON.stringify({ stage: "source", source: { id: "9", value: "x" } });
    await appendFile(deadLetter, `${bad}\n{"torn`);
    broken.clear();
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 1, delivered: 1 });
    expect(await readFile(deadLetter, "utf8")).toBe(`${bad}\n`);
    expect(await readFile(`${deadLetter}.torn`, "utf8")).toBe('{"torn');
  });

  it("begin on a line of their own behind one that a crash has torn", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    await writeFile(deadLetter, '{"torn');
    const { job, broken } = counting(range(0, 5), { deadLetter });
    broken.add(2);
    await job.run();
    broken.clear();
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 1, delivered: 1 });
  });

  it("reject the item when one of its children is rejected, and save the others once", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const saved: string[] = [];
    let broken = true;
    const job = pipeline(range(0, 2))
      .flatMap((n) => [`${n}a`, `${n}b`, `${n}c`])
      .io("check", async (name) => {
        if (name === "1b" && broken) throw new Error("no");
        return name;
      })
      .to(async (name) => void saved.push(name), { journal, deadLetter });
    expect(await job.run()).toMatchObject({ items: 2, delivered: 1, rejected: 1 });
    expect(await letters(deadLetter)).toMatchObject([
      { key: "1/1", item: "1b", source: { id: "1", value: 1 } },
    ]);
    broken = false;
    expect(await job.run({ retryDead: true })).toMatchObject({ items: 1, delivered: 1 });
    expect(saved.toSorted()).toEqual(["0a", "0b", "0c", "1a", "1b", "1c"]);
  });

  it("hold each member of a batch that has failed, with its own item", async () => {
    const deadLetter = join(folder, "failed.ndjson");
    const summary = await pipeline(numbers(5))
      .batch({ items: 5 })
      .to(
        async (batch) => ({
          outcomes: batch.map((x) =>
            x % 2 === 0 ? { ok: true } : { ok: false, error: new Error(`odd ${x}`) },
          ),
        }),
        { deadLetter },
      )
      .run();
    expect(summary).toMatchObject({ delivered: 3, rejected: 2 });
    expect((await letters(deadLetter)).map(({ key, item, error }) => [key, item, error.message])).toEqual([
      ["1", 1, "odd 1"],
      ["3", 3, "odd 3"],
    ]);
  });

  it("must be told where they are", () => {
    const job = pipeline([1]).to(async () => {});
    expect(() => job.run({ retryDead: true })).toThrow(
      "expected a dead-letter file to try again from, got none",
    );
  });
});
