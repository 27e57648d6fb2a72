import { checkpoint, currentLoop, Future, sleep } from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { sweepCancel } from "../../loop/test/cancel-sweep.ts";
import { pipeline, type RowSink } from "../src/index.ts";

/** A pipeline with a stage of every kind, and what must hold of it however it ends. */
function everyStage() {
  const state = { opened: 0, closed: 0, inFlight: 0, saved: [] as number[], writers: 0 };
  function* source() {
    state.opened++;
    try {
      for (let i = 0; i < 6; i++) yield i;
    } finally {
      state.closed++;
    }
  }
  async function* children(x: number) {
    state.opened++;
    try {
      yield x * 10;
      await checkpoint();
      yield x * 10 + 1;
    } finally {
      state.closed++;
    }
  }
  function* briefly<T>(item: T, turns: number) {
    state.inFlight++;
    try {
      for (let i = 0; i < turns; i++) yield* checkpoint();
      return item;
    } finally {
      try {
        yield* checkpoint();
      } finally {
        state.inFlight--;
      }
    }
  }
  const job = pipeline(source())
    .io("coroutine", (x) => briefly(x, 2), { concurrency: 2, ordered: true })
    .flatMap(children)
    .io(
      "promise",
      async (x) => {
        state.inFlight++;
        await checkpoint();
        state.inFlight--;
        return x;
      },
      { concurrency: 3 },
    )
    .io("policies", (x, { attempt }) => (x % 3 === 0 && attempt === 1 ? failing() : briefly(x, 1)), {
      concurrency: 2,
      timeoutMs: 60_000,
      retry: { attempts: 2, baseDelayMs: 0 },
      per: { key: (x) => String(x % 2), concurrency: 1 },
    })
    .batch({ items: 3 })
    .to(
      {
        name: "rows",
        concurrency: 2,
        *open() {
          state.writers++;
          return {
            *write(rows: readonly number[]) {
              yield* briefly(rows, 1);
              state.saved.push(...rows);
            },
            *close() {
              try {
                yield* checkpoint();
              } finally {
                state.writers--;
              }
            },
          };
        },
      },
      { retry: { attempts: 2 } },
    );
  return { job, state };
}

function* failing(): Generator<never, number, unknown> {
  throw new Error("the first attempt fails");
}

describe("a run that is cancelled", () => {
  it("leaves nothing open and saves nothing twice, after whichever step it is cancelled", async () => {
    const all = [0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51];
    const report = await sweepCancel(() => {
      const { job, state } = everyStage();
      const run = job.run();
      return {
        tasks: { run },
        verify() {
          expect(state).toMatchObject({ inFlight: 0, writers: 0 });
          expect(state.opened).toBe(state.closed);
          expect(new Set(state.saved).size).toBe(state.saved.length);
          if (run.state === "fulfilled") expect(state.saved.toSorted((a, b) => a - b)).toEqual(all);
          expect(run.state).not.toBe("failed");
          expect(currentLoop().tasks()).toEqual([]);
        },
      };
    });
    expect(report.steps).toBeGreaterThan(100);
    expect(report.ends.run?.cancelled).toBeGreaterThan(100);
  });

  it("leaves nothing open when it is cancelled a second time while it ends, after whichever step", async () => {
    const report = await sweepCancel(
      () => {
        const state = { inFlight: 0, writers: 0 };
        function* briefly() {
          state.inFlight++;
          try {
            yield* checkpoint();
          } finally {
            try {
              yield* checkpoint();
            } finally {
              state.inFlight--;
            }
          }
        }
        const rows: RowSink<number> = {
          name: "rows",
          concurrency: 2,
          *open() {
            state.writers++;
            return {
              write: briefly,
              *close() {
                try {
                  yield* checkpoint();
                } finally {
                  state.writers--;
                }
              },
            };
          },
        };
        const run = pipeline([1, 2])
          .io("work", function* (x) {
            yield* briefly();
            return x;
          })
          .to(rows)
          .run();
        return {
          tasks: { run },
          verify() {
            expect(state).toEqual({ inFlight: 0, writers: 0 });
            expect(currentLoop().tasks()).toEqual([]);
          },
        };
      },
      { twice: true },
    );
    expect(report.runs).toBeGreaterThan(400);
  });

  it("ends also when the source hangs and cannot hear it", async () => {
    const stop = new AbortController();
    async function* hanging() {
      yield 1;
      await new Promise(() => {});
    }
    await runVirtual(function* () {
      const run = pipeline(hanging())
        .to(async () => {})
        .run({ signal: stop.signal });
      yield* sleep(10);
      stop.abort(new Error("enough"));
      try {
        yield* run;
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ message: "enough" });
      }
      expect(currentLoop().now()).toBeLessThanOrEqual(1_010);
    });
  });

  it("does not wait for ever for work that doesn't listen", () => {
    runVirtualSync(function* () {
      const stop = new AbortController();
      const run = pipeline([1, 2])
        .io(
          "deaf",
          function* (x) {
            for (;;) {
              try {
                yield* sleep(100_000);
                return x;
              } catch {
                // It goes on.
              }
            }
          },
          { abandonAfterMs: 2_000 },
        )
        .to(async () => {})
        .run({ signal: stop.signal });
      yield* sleep(10);
      stop.abort(new Error("enough"));
      try {
        yield* run;
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ message: "enough" });
      }
      expect(currentLoop().now()).toBe(2_010);
    });
  });

  it("is cancelled with the coroutine that waits for it", () => {
    runVirtualSync(function* () {
      let ended = false;
      const outer = currentLoop().createTask(function* () {
        const stuck = pipeline([1]).io("stuck", function* () {
          try {
            return yield* new Future<number>();
          } finally {
            ended = true;
          }
        });
        yield* stuck.to(async () => {}).run();
      });
      yield* sleep(1);
      outer.cancel("no more");
      yield* sleep(1);
      expect(outer.state).toBe("cancelled");
      expect(ended).toBe(true);
    });
  });

  it("does not start with a signal that has fired", async () => {
    let pulled = false;
    function* source() {
      pulled = true;
      yield 1;
    }
    const reason = new Error("too late");
    const run = pipeline(source())
      .to(async () => {})
      .run({ signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
    expect(pulled).toBe(false);
  });
});

describe("onProgress", () => {
  it("that throws ends the run, and with it what is in flight", () => {
    runVirtualSync(function* () {
      let ended = false;
      const run = pipeline([1])
        .to(function* () {
          try {
            yield* sleep(60_000);
          } finally {
            ended = true;
          }
        })
        .run({
          onProgress() {
            throw new Error("no terminal");
          },
        });
      yield* sleep(1_000);
      expect(run.state).toBe("failed");
      expect(run.exception()).toMatchObject({ message: "no terminal" });
      expect(ended).toBe(true);
    });
  });
});

describe("draining", () => {
  function* forever() {
    for (let i = 0; ; i++) yield i;
  }

  it("takes nothing more, finishes what is in flight, sends the last batch, and gives the summary", () => {
    runVirtualSync(function* () {
      const drain = new AbortController();
      const sizes: number[] = [];
      currentLoop().callLater(25, () => drain.abort());
      const summary = yield* pipeline(forever())
        .io(
          "wait",
          function* (x) {
            yield* sleep(10);
            return x;
          },
          { concurrency: 5 },
        )
        .batch({ items: 4 })
        .to(function* (batch) {
          yield* sleep(1);
          sizes.push(batch.length);
        })
        .run({ drain: drain.signal });
      expect(summary).toMatchObject({ ended: "drain", items: 15, delivered: 15 });
      expect(sizes).toEqual([4, 4, 4, 3]);
      expect(currentLoop().now()).toBe(32);
    });
  });

  it("cancels what is still in flight when the grace period is over", () => {
    runVirtualSync(function* () {
      const drain = new AbortController();
      currentLoop().callLater(25, () => drain.abort());
      const summary = yield* pipeline(forever())
        .to(
          function* (x) {
            yield* sleep(x < 4 ? 10 : 60_000);
          },
          { concurrency: 2 },
        )
        .run({ drain: drain.signal, graceMs: 100 });
      expect(summary).toMatchObject({ ended: "drain", items: 6, delivered: 4, failed: 0 });
      expect(currentLoop().now()).toBe(125);
    });
  });

  it("can be cancelled meanwhile", () => {
    runVirtualSync(function* () {
      const drain = new AbortController();
      const run = pipeline(forever())
        .to(() => sleep(60_000), { concurrency: 2 })
        .run({ drain: drain.signal });
      yield* sleep(10);
      drain.abort();
      yield* sleep(10);
      run.cancel("at once");
      yield* sleep(10);
      expect(run.state).toBe("cancelled");
    });
  });

  it("says that the source had ended when it had", () => {
    runVirtualSync(function* () {
      const drain = new AbortController();
      currentLoop().callLater(25, () => drain.abort());
      const summary = yield* pipeline([1, 2])
        .to(() => sleep(100), { concurrency: 3 })
        .run({ drain: drain.signal });
      expect(summary).toMatchObject({ ended: "source", delivered: 2 });
    });
  });

  it("does not wait for a source that is waiting", () => {
    runVirtualSync(function* () {
      const drain = new AbortController();
      currentLoop().callLater(25, () => drain.abort());
      const silent: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          return: async () => ({ done: true, value: undefined }),
        }),
      };
      const run = pipeline(silent)
        .to(async () => {})
        .run({ drain: drain.signal });
      yield* sleep(26);
      // What is left is the source's return(), a native promise, which virtual time without promises can't settle.
      yield* sleep(1_000);
      expect((yield* run).ended).toBe("drain");
    });
  });
});

describe("maxItems", () => {
  it("ends the run in order after so many items", async () => {
    let pulled = 0;
    function* source() {
      for (;;) yield pulled++;
    }
    const summary = await pipeline(source())
      .io("pass", async (x) => x)
      .to(async () => {})
      .run({ maxItems: 7 });
    expect(summary).toMatchObject({ ended: "maxItems", items: 7, delivered: 7 });
    expect(pulled).toBe(7);
  });
});
