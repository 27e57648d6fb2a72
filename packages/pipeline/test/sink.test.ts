import { checkpoint, currentLoop, sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  collect,
  type ItemOutcome,
  pipeline,
  type RowOf,
  type RowSink,
  type RowWriter,
  SinkError,
  StageError,
  TooManyFailuresError,
} from "../src/index.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const oddsFail = (batch: readonly number[]): ItemOutcome[] =>
  batch.map((x) => (x % 2 === 0 ? { ok: true } : { ok: false, error: new Error(`${x} is odd`) }));

describe("a sink of batches", () => {
  it("tells apart how it went with each member", async () => {
    const failed: unknown[] = [];
    const summary = await pipeline(numbers(10))
      .batch({ items: 5 })
      .to(async (batch) => ({ outcomes: oddsFail(batch) }), { maxFailures: 5 })
      .run()
      .catch((error: unknown) => failed.push(error));
    expect(failed).toEqual([]);
    expect(summary).toMatchObject({ items: 10, delivered: 5, failed: 5 });
  });

  it("gets only those again that went wrong", () => {
    runVirtualSync(function* () {
      const calls: { rows: readonly number[]; keys: readonly string[]; attempt: number }[] = [];
      const summary = yield* pipeline(numbers(4), { key: (x) => `k${x}` })
        .batch({ items: 4 })
        .to(
          function* (batch, { idempotencyKeys, attempt }) {
            calls.push({ rows: batch, keys: idempotencyKeys, attempt });
            return { outcomes: attempt < 3 ? oddsFail(batch) : batch.map(() => ({ ok: true })) };
          },
          { retry: { attempts: 3 } },
        )
        .run();
      expect(calls).toEqual([
        { rows: [0, 1, 2, 3], keys: ["k0", "k1", "k2", "k3"], attempt: 1 },
        { rows: [1, 3], keys: ["k1", "k3"], attempt: 2 },
        { rows: [1, 3], keys: ["k1", "k3"], attempt: 3 },
      ]);
      expect(summary).toMatchObject({ delivered: 4, failed: 0, retries: 2 });
    });
  });

  it("loses one by one those that still go wrong after the last attempt, and at once those that can't be helped", () => {
    runVirtualSync(function* () {
      const sizes: number[] = [];
      const outcome = (x: number): ItemOutcome => {
        if (x === 0) return { ok: true };
        return { ok: false, error: new Error(`no ${x}`), retry: x !== 1 };
      };
      const summary = yield* pipeline(numbers(4))
        .batch({ items: 4 })
        .to(
          function* (batch) {
            sizes.push(batch.length);
            return { outcomes: batch.map(outcome) };
          },
          { retry: { attempts: 2 }, maxFailures: 3 },
        )
        .run();
      expect(sizes).toEqual([4, 2]);
      expect(summary).toMatchObject({ items: 4, delivered: 1, failed: 3 });
    });
  });

  it("that fails as a whole is sent again as a whole", () => {
    runVirtualSync(function* () {
      const sizes: number[] = [];
      const summary = yield* pipeline(numbers(3))
        .batch({ items: 3 })
        .to(
          function* (batch, { attempt }) {
            sizes.push(batch.length);
            if (attempt === 1) throw new Error("no connection");
          },
          { retry: { attempts: 2 } },
        )
        .run();
      expect(sizes).toEqual([3, 3]);
      expect(summary).toMatchObject({ delivered: 3, retries: 1 });
    });
  });

  it("that gives a coroutine which nobody runs has saved nothing, and is told so", async () => {
    let saved = 0;
    function* save() {
      saved++;
    }
    const run = pipeline(numbers(3))
      .to(async () => save())
      .run();
    await expect(run).rejects.toThrow(
      new SinkError("the sink gave a promise of a coroutine, which nobody runs: give the coroutine itself"),
    );
    expect(saved).toBe(0);
  });

  it("must give an outcome for each member", async () => {
    const wrong = pipeline(numbers(3))
      .batch({ items: 3 })
      .to(async () => ({ outcomes: [{ ok: true }] }));
    await expect(wrong.run()).rejects.toThrow(new SinkError("the sink gave 1 outcomes for a batch of 3"));
  });
});

describe("failures", () => {
  const failing = (options: object) =>
    pipeline(numbers(1_000))
      .io(
        "check",
        async (x) => {
          if (x % 10 === 0) throw new Error(`${x} is round`);
          return x;
        },
        { concurrency: 1 },
      )
      .to(collect<number>(), options)
      .run();

  it("end the run with the first one, unless some are allowed", async () => {
    await expect(failing({})).rejects.toBeInstanceOf(StageError);
  });

  it("end it when there are more than allowed, and say how many and what the last one was", async () => {
    const error = await failing({ maxFailures: 7 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TooManyFailuresError);
    expect(error).toMatchObject({ failures: 8, cause: { item: 70 } });
    expect((error as Error).message).toBe(
      '8 items went wrong, and only 7 may; the last: stage "check" failed: 70 is round',
    );
  });

  it("can be allowed by their share, which holds in the end also for few items", async () => {
    const run = (broken: number) =>
      pipeline(numbers(20))
        .io("check", async (x) => {
          if (x < broken) throw new Error(`${x} is broken`);
          return x;
        })
        .to(collect<number>(), { maxFailures: { share: 0.1 } })
        .run();
    expect(await run(2)).toMatchObject({ failed: 2, delivered: 18 });
    await expect(run(3)).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_TOO_MANY_FAILURES", failures: 3 });
  });

  it("can be allowed by their share, once there are enough items to tell", async () => {
    await expect(failing({ maxFailures: { share: 0.05, after: 200 } })).rejects.toMatchObject({
      failures: 21,
      message: expect.stringContaining("5 % of them may"),
    });
    expect(await failing({ maxFailures: { share: 0.15 } })).toMatchObject({ failed: 100, delivered: 900 });
  });
});

describe("a sink that has to be opened", () => {
  function files(log: string[]): RowSink<number> {
    return {
      name: "rows",
      concurrency: 2,
      *open() {
        yield* sleep(10);
        log.push("open");
        return {
          *write(rows, { idempotencyKey }) {
            yield* sleep(rows.includes(5) ? 100 : 1);
            log.push(`${idempotencyKey}: ${rows.join(" ")}`);
          },
          *close() {
            yield* sleep(10);
            log.push("closed");
          },
        };
      },
    };
  }

  it("is open before anything is taken, gets items as rows and batches as several, and is closed in the end", () => {
    runVirtualSync(function* () {
      const log: string[] = [];
      function* source() {
        log.push("source begins");
        yield* [1, 2, 3];
      }
      const { stages } = yield* pipeline(source()).to(files(log)).run();
      expect(log).toEqual(["open", "source begins", "0: 1", "1: 2", "2: 3", "closed"]);
      expect(stages).toMatchObject([{ name: "rows", kind: "sink", in: 3, out: 3 }]);
      log.length = 0;
      yield* pipeline([1, 2, 3]).batch({ items: 2 }).to(files(log), { name: "save" }).run();
      expect(log).toEqual(["open", expect.stringMatching(/^0\.\.1#.{22}: 1 2$/), "2: 3", "closed"]);
    });
  });

  it("is closed when the run fails, after its calls have ended", () => {
    runVirtualSync(function* () {
      const log: string[] = [];
      const run = pipeline([5, 6, 7])
        .map((x) => {
          if (x === 7) throw new Error("seven");
          return x;
        })
        .to(files(log))
        .run();
      try {
        yield* run;
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ stage: "map" });
      }
      expect(log.at(-1)).toBe("closed");
      expect(currentLoop().now()).toBeLessThan(50);
    });
  });

  it("is closed also when it opens after the run was cancelled", () => {
    runVirtualSync(function* () {
      const log: string[] = [];
      const stop = new AbortController();
      const slow: RowSink<number> = {
        name: "slow",
        concurrency: 1,
        open: () =>
          currentLoop().createTask(function* () {
            try {
              yield* sleep(100);
            } catch {
              yield* sleep(100); // it opens all the same
            }
            log.push("open");
            return { write: async () => {}, close: () => void log.push("closed") };
          }),
      };
      const run = pipeline([1]).to(slow).run({ signal: stop.signal });
      yield* sleep(10);
      stop.abort(new Error("enough"));
      yield* sleep(1_000);
      expect(run.exception()).toMatchObject({ message: "enough" });
      expect(log).toEqual(["open", "closed"]);
    });
  });

  it("is closed also when its promise opens it after the run was cancelled", async () => {
    const log: string[] = [];
    const stop = new AbortController();
    const opening = Promise.withResolvers<RowWriter<number>>();
    const slow: RowSink<number> = { name: "slow", concurrency: 1, open: () => opening.promise };
    const run = pipeline([1]).to(slow).run({ signal: stop.signal });
    await checkpoint();
    await checkpoint();
    stop.abort(new Error("enough"));
    await checkpoint();
    opening.resolve({ write: async () => {}, close: () => void log.push("closed") });
    await expect(run).rejects.toThrow("enough");
    expect(log).toEqual(["closed"]);
  });

  it("that can't be opened ends the run before it begins", async () => {
    let pulled = false;
    function* source() {
      pulled = true;
      yield 1;
    }
    const broken: RowSink<number> = {
      name: "broken",
      concurrency: 1,
      open: () => Promise.reject(new Error("read-only")),
    };
    await expect(pipeline(source()).to(broken).run()).rejects.toThrow("read-only");
    expect(pulled).toBe(false);
  });

  it("ends the run, whatever failures are allowed, when it can save nothing any more", async () => {
    let calls = 0;
    const full = pipeline(numbers(100)).to(
      async () => {
        calls++;
        throw new SinkError("the disk is full");
      },
      { maxFailures: 1_000 },
    );
    await expect(full.run()).rejects.toThrow(new SinkError("the disk is full"));
    expect(calls).toBeLessThan(5);
  });

  it("knows the type of its rows", () => {
    expectTypeOf<RowOf<{ a: number }[]>>().toEqualTypeOf<{ a: number }>();
    expectTypeOf<RowOf<string>>().toEqualTypeOf<string>();
    const words: RowSink<string> = collect<string>();
    pipeline(["a"]).batch().to(words);
    // @ts-expect-error -- numbers are no words
    pipeline([1]).to(words);
  });
});
