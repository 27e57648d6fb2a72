import { currentLoop, Future, sleep } from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { FixedLimiter, type Limiter, RateLimit, type Slot, type SlotOutcome } from "@overlap/policy";
import { describe, expect, it } from "vitest";
import { collect, pipeline } from "../src/index.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const noJitter = { baseDelayMs: 100, random: () => 1 };

describe("retries", () => {
  it("try an item again after growing waits, and count the attempts", () => {
    runVirtualSync(function* () {
      const tries: { attempt: number; atMs: number }[] = [];
      const kept = collect<string>();
      const summary = yield* pipeline(["a"])
        .io(
          "flaky",
          function* (item, { attempt }) {
            tries.push({ attempt, atMs: currentLoop().now() });
            if (attempt < 3) throw new Error("not yet");
            return item;
          },
          { retry: { attempts: 3, ...noJitter } },
        )
        .to(kept)
        .run();
      expect(tries).toEqual([
        { attempt: 1, atMs: 0 },
        { attempt: 2, atMs: 100 },
        { attempt: 3, atMs: 300 },
      ]);
      expect(kept.items).toEqual(["a"]);
      expect(summary).toMatchObject({ delivered: 1, retries: 2 });
    });
  });

  it("give up after the last attempt, with what it threw and how often it was tried", () => {
    runVirtualSync(function* () {
      const job = pipeline(["a"])
        .io(
          "broken",
          function* (_, { attempt }): Generator<never, string, unknown> {
            throw new Error(`attempt ${attempt}`);
          },
          { retry: { attempts: 4 } },
        )
        .to(collect<string>());
      try {
        yield* job.run();
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ stage: "broken", item: "a", attempts: 4 });
        expect((error as Error).cause).toMatchObject({ message: "attempt 4" });
      }
    });
  });

  it("leave errors alone that retryIf says no to, and wait for what an error asks for", () => {
    runVirtualSync(function* () {
      const seen: number[] = [];
      const summary = yield* pipeline([0, 1])
        .io(
          "picky",
          function* (item, { attempt }) {
            seen.push(currentLoop().now());
            if (item === 0) throw new TypeError("hopeless");
            if (attempt === 1) throw Object.assign(new Error("busy"), { retryAfterMs: 5_000 });
            return item;
          },
          {
            concurrency: 1,
            retry: {
              attempts: 5,
              baseDelayMs: 0,
              retryIf: (error) => !(error instanceof TypeError),
            },
          },
        )
        .to(collect<number>(), { maxFailures: 1 })
        .run();
      expect(seen).toEqual([0, 0, 5_000]);
      expect(summary).toMatchObject({ delivered: 1, failed: 1, retries: 1 });
    });
  });

  it("end at once when the run is cancelled in the middle of a wait", () => {
    runVirtualSync(function* () {
      const stop = new AbortController();
      currentLoop().callLater(50, () => stop.abort(new Error("enough")));
      const run = pipeline(["a"])
        .io(
          "broken",
          function* (): Generator<never, string, unknown> {
            throw new Error("no");
          },
          { retry: { attempts: 9, baseDelayMs: 60_000, random: () => 1 } },
        )
        .to(collect<string>())
        .run({ signal: stop.signal });
      yield* expectFailure(run, /enough/);
      expect(currentLoop().now()).toBe(50);
    });
  });
});

describe("time limits", () => {
  it("fire the work's signal, and free its slot only when the work has really ended", async () => {
    await runVirtual(async () => {
      const events: string[] = [];
      const note = (what: string) => events.push(`${currentLoop().now()} ${what}`);
      const summary = await pipeline(["slow", "next"])
        .io(
          "work",
          async (item, { signal }) => {
            note(`${item} begins`);
            if (item === "next") return item;
            await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
            note("told to end");
            await sleep(300); // cleans up
            throw signal.reason;
          },
          { concurrency: 1, timeoutMs: 100 },
        )
        .to(collect<string>(), { maxFailures: 1 })
        .run();
      expect(events).toEqual(["0 slow begins", "100 told to end", "400 next begins"]);
      expect(summary).toMatchObject({ delivered: 1, failed: 1 });
    });
  });

  it("leave work alone that has not ended abandonAfterMs after its signal", () => {
    runVirtualSync(function* () {
      const begun: string[] = [];
      const kept = collect<string>();
      const summary = yield* pipeline(["deaf", "next"])
        .io(
          "work",
          function* (item) {
            begun.push(`${currentLoop().now()} ${item}`);
            if (item === "next") return item;
            try {
              yield* sleep(1_000);
            } finally {
              yield* sleep(10_000);
            }
            return item;
          },
          { concurrency: 1, timeoutMs: 100, abandonAfterMs: 50 },
        )
        .to(kept, { maxFailures: 1 })
        .run();
      expect(begun).toEqual(["0 deaf", "150 next"]);
      expect(kept.items).toEqual(["next"]);
      expect(summary.failed).toBe(1);
    });
  });

  it("hold for each attempt, and in total", () => {
    runVirtualSync(function* () {
      const begun: number[] = [];
      const run = pipeline(["a"])
        .io(
          "slow",
          function* (item) {
            begun.push(currentLoop().now());
            yield* sleep(1_000);
            return item;
          },
          { timeoutMs: 100, totalTimeoutMs: 450, retry: { attempts: 10, ...noJitter } },
        )
        .to(collect<string>())
        .run();
      yield* expectFailure(run, /not done within 450 ms/);
      expect(begun).toEqual([0, 200]);
      expect(currentLoop().now()).toBe(450);
    });
  });

  it("keep a value that comes in spite of the signal", () => {
    runVirtualSync(function* () {
      const kept = collect<string>();
      yield* pipeline(["a"])
        .io(
          "stubborn",
          function* (item) {
            try {
              yield* sleep(1_000);
            } catch {
              // It is nearly done, and goes on.
            }
            return item;
          },
          { timeoutMs: 100 },
        )
        .to(kept)
        .run();
      expect(kept.items).toEqual(["a"]);
    });
  });
});

describe("a rate", () => {
  it("lets so many attempts begin in a second", () => {
    runVirtualSync(function* () {
      const begun: number[] = [];
      yield* pipeline(numbers(5))
        .io(
          "ask",
          function* (item) {
            begun.push(currentLoop().now());
            return item;
          },
          { rate: { perSecond: 10 } },
        )
        .to(collect<number>())
        .run();
      expect(begun).toEqual([0, 100, 200, 300, 400]);
    });
  });

  it("can be shared between stages", () => {
    runVirtualSync(function* () {
      const rate = new RateLimit({ perSecond: 10 });
      const begun: number[] = [];
      function* ask(item: number) {
        begun.push(currentLoop().now());
        return item;
      }
      yield* pipeline(numbers(2)).io("a", ask, { rate }).io("b", ask, { rate }).to(collect<number>()).run();
      expect(begun).toEqual([0, 100, 200, 300]);
    });
  });
});

describe("limits for each key", () => {
  const hosts = ["slow", "slow", "slow", "slow", "quick", "quick"];

  it("let items of other keys pass those that wait for theirs", () => {
    runVirtualSync(function* () {
      const ended: string[] = [];
      let slowInFlight = 0;
      yield* pipeline(hosts)
        .io(
          "fetch",
          function* (host) {
            if (host === "slow") expect(++slowInFlight).toBe(1);
            yield* sleep(host === "slow" ? 1_000 : 10);
            if (host === "slow") slowInFlight--;
            ended.push(`${currentLoop().now()} ${host}`);
            return host;
          },
          { concurrency: 2, per: { key: (host) => host, concurrency: 1 } },
        )
        .to(collect<string>())
        .run();
      expect(ended).toEqual(["10 quick", "20 quick", "1000 slow", "2000 slow", "3000 slow", "4000 slow"]);
    });
  });

  it("bound how many wait, and with it how much is taken from the source", () => {
    runVirtualSync(function* () {
      let pulled = 0;
      function* endless() {
        for (;;) yield `same host ${pulled++}`;
      }
      const run = pipeline(endless())
        .io("fetch", () => new Future<void>(), {
          concurrency: 3,
          per: { key: () => "same", concurrency: 1, waiting: 7 },
        })
        .to(collect<unknown>())
        .run();
      yield* sleep(1_000);
      expect(pulled).toBe(10);
      run.cancel();
    });
  });

  it("hold for rates too", () => {
    runVirtualSync(function* () {
      const begun: string[] = [];
      yield* pipeline(["a", "a", "b", "b"])
        .io(
          "ask",
          function* (host) {
            begun.push(`${currentLoop().now()} ${host}`);
            return host;
          },
          { per: { key: (host) => host, rate: { perSecond: 1 } } },
        )
        .to(collect<string>())
        .run();
      expect(begun).toEqual(["0 a", "0 b", "1000 a", "1000 b"]);
    });
  });
});

describe("a limiter", () => {
  it("gives the slots, and hears how each ended", () => {
    runVirtualSync(function* () {
      const limiter = new NotingLimiter(2);
      let most = 0;
      yield* pipeline(numbers(6))
        .io(
          "ask",
          function* (item) {
            most = Math.max(most, limiter.inFlight);
            yield* sleep(10);
            if (item === 1) throw Object.assign(new Error("busy"), { status: 429 });
            if (item === 2) throw new Error("wrong");
            if (item === 3) yield* sleep(1_000);
            return item;
          },
          { concurrency: limiter, timeoutMs: 100 },
        )
        .to(collect<number>(), { maxFailures: 3 })
        .run();
      expect(most).toBe(2);
      expect(limiter.outcomes.toSorted()).toEqual(["error", "ok", "ok", "ok", "overload", "overload"]);
      expect(limiter.inFlight).toBe(0);
    });
  });

  it("that lets more in flight lets as many results lie ready", () => {
    runVirtualSync(function* () {
      const limiter = new GrowingLimiter();
      let begun = 0;
      const run = pipeline(numbers(100))
        .io(
          "ask",
          function* (item) {
            begun++;
            yield* sleep(10);
            return item;
          },
          { concurrency: limiter },
        )
        .to(() => new Future<void>())
        .run();
      yield* sleep(50);
      expect(begun).toBe(2); // one in the sink, one ready
      limiter.grow(10);
      yield* sleep(100);
      expect(begun).toBe(12);
      run.cancel();
    });
  });

  it("can be shared, and is not held by a stage that waits for items", () => {
    runVirtualSync(function* () {
      const limiter = new FixedLimiter(1);
      const kept = collect<number>();
      function* briefly(item: number) {
        yield* sleep(10);
        return item;
      }
      yield* pipeline(numbers(5))
        .io("a", briefly, { concurrency: limiter })
        .io("b", briefly, { concurrency: limiter })
        .to(kept)
        .run();
      expect(kept.items).toEqual(numbers(5));
      expect(currentLoop().now()).toBe(100);
    });
  });
});

/** Begins with one slot. */
class GrowingLimiter implements Limiter {
  limit = 1;
  inFlight = 0;
  #listener = () => {};

  get idle() {
    return this.inFlight === 0;
  }

  grow(limit: number): void {
    this.limit = limit;
    this.#listener();
  }

  /** The stage asks for no more than there are. */
  acquire() {
    const granted = new Future<Slot>();
    granted.setResult(this.tryAcquire());
    return granted;
  }

  tryAcquire() {
    this.inFlight++;
    const release = () => void this.inFlight--;
    return { release, [Symbol.dispose]: release };
  }

  onRoom(listener: () => void) {
    this.#listener = listener;
    return () => {};
  }
}

/** Notes how its slots came back. */
class NotingLimiter implements Limiter {
  readonly outcomes: SlotOutcome[] = [];
  readonly #inner: FixedLimiter;
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
    this.#inner = new FixedLimiter(limit);
  }

  get inFlight() {
    return this.#inner.inFlight;
  }

  get idle() {
    return this.#inner.idle;
  }

  acquire() {
    const { outcomes } = this;
    const acquired = this.#inner.acquire();
    return new (class {
      // biome-ignore lint/suspicious/noThenProperty: a limiter gives what can be awaited
      then = acquired.then.bind(acquired);
      *[Symbol.iterator]() {
        return noting(yield* acquired, outcomes);
      }
    })() as ReturnType<Limiter["acquire"]>;
  }

  tryAcquire() {
    const slot = this.#inner.tryAcquire();
    return slot === null ? null : noting(slot, this.outcomes);
  }

  onRoom(listener: () => void) {
    return this.#inner.onRoom(listener);
  }
}

function noting(slot: Slot, outcomes: SlotOutcome[]): Slot {
  let noted = false;
  const release = (outcome: SlotOutcome = "cancelled") => {
    if (!noted) outcomes.push(outcome);
    noted = true;
    slot.release(outcome);
  };
  return { release, [Symbol.dispose]: release };
}

function* expectFailure(run: Future<unknown>, message: RegExp) {
  try {
    yield* run;
  } catch (error) {
    const { message: outer, cause } = error as Error;
    expect(`${outer} ${String(cause)}`).toMatch(message);
    return;
  }
  expect.unreachable();
}
