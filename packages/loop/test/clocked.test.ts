import {
  CancelledError,
  type ClockedCall,
  type Coroutine,
  clocked,
  co,
  createTask,
  currentLoop,
  type Future,
  Loop,
  type LoopFailure,
  type Operation,
  sleep,
  until,
} from "@overlap/loop";
import { runVirtual, VirtualClock } from "@overlap/loop/testing";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { caught } from "./caught.ts";
import { caughtFrom } from "./caught-from.ts";

/** The lines that `main` has written, without its promise. */
async function linesOf(main: (log: (line: string) => void) => Coroutine<void>): Promise<string[]> {
  const lines: string[] = [];
  await runVirtual(() => main((line) => lines.push(line)));
  return lines;
}

describe("a clocked function", () => {
  it("that is a coroutine function writes the time of its whole wait, name, arguments and result", async () => {
    const lines = await linesOf(function* (log) {
      const square = clocked(
        function* square(n: number, _note?: string) {
          yield* sleep(1_000);
          return n * n;
        },
        { log },
      );
      expect(yield* square(3, "a")).toBe(9);
      expect(yield* createTask(square, 4)).toBe(16);
    });
    expect(lines).toEqual(['[1.00000000s] square(3, "a") -> 9', "[1.00000000s] square(4) -> 16"]);
  });

  it("that is plain, async, made with co, or gives a future does the same", async () => {
    const lines = await linesOf(function* (log) {
      const clock = { log };
      yield* until(clocked(async (n: number) => n + 1, { ...clock, name: "async" })(1));
      clocked(function plain(n: number) {
        return n + 2;
      }, clock)(1);
      const slow = co(function* slow(delayMs: number) {
        yield* sleep(delayMs);
      });
      const operation = clocked(slow, { ...clock, name: "co" })(20);
      yield* sleep(500); // its time begins with its wait
      yield* operation;
      yield* clocked((delayMs: number) => sleep(delayMs), { ...clock, name: "future" })(30);
      yield* sleep(1);
    });
    expect(lines).toEqual([
      "[0.00000000s] async(1) -> 2",
      "[0.00000000s] plain(1) -> 3",
      "[0.02000000s] co(20) -> undefined",
      "[0.03000000s] future(30) -> undefined",
    ]);
  });

  it("writes a line for an error and for a cancel, and throws them on", async () => {
    const failure = new TypeError("no");
    const lines = await linesOf(function* (log) {
      function thrower(): void {
        throw failure;
      }
      expect(clocked(thrower, { log })).toThrow(failure);
      const rejecting = clocked(async () => thrower(), { log, name: "rejecting" });
      expect(yield* caught(until(rejecting()))).toBe(failure);
      const waiting = clocked(
        function* waiting() {
          yield* sleep(60_000);
        },
        { log },
      );
      const task = createTask(waiting);
      yield* sleep(5);
      task.cancel("enough");
      expect(yield* caught(task)).toBeInstanceOf(CancelledError);
    });
    expect(lines).toEqual([
      "[0.00000000s] thrower() !! TypeError: no",
      "[0.00000000s] rejecting() !! TypeError: no",
      '[0.00500000s] waiting() -- cancelled: "enough"',
    ]);
  });

  it("keeps type, name, number of parameters and `this`", () => {
    function* fetchPage(this: { base: string }, path: string): Coroutine<string> {
      return this.base + path;
    }
    const log = () => {};
    const wrapped = clocked(fetchPage, { log });
    expectTypeOf(wrapped).toEqualTypeOf(fetchPage);
    expect([wrapped.name, wrapped.length]).toEqual(["fetchPage", 1]);
    expect(wrapped.call({ base: "a" }, "b").next()).toEqual({ done: true, value: "ab" });
    const operation = clocked(
      co(function* () {
        return 1;
      }),
      { log },
    );
    expectTypeOf(operation()).toEqualTypeOf<Operation<number, []>>();
  });

  it("gets its AbortSignal as before when it is an async function of a task", async () => {
    const lines = await linesOf(function* (log) {
      const fetching = clocked(
        async function fetching(signal: AbortSignal) {
          return signal.aborted;
        },
        { log, format: ({ name, outcome }) => `${name} ${outcome.ok}` },
      );
      expect(yield* createTask(fetching)).toBe(false);
    });
    expect(lines).toEqual(["fetching true"]);
  });

  it("decorates methods, with and without options", () => {
    const lines: string[] = [];
    const print = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
    onTestFinished(() => print.mockRestore());
    // What a compiler calls for `@clocked` and `@clocked({ … })`: Node cannot run decorators from stripped source.
    const context = { kind: "method", name: "add" } as ClassMethodDecoratorContext;
    class Sum {
      total = 1;
      add(n: number): number {
        this.total += n;
        return this.total;
      }
    }
    Sum.prototype.add = clocked(Sum.prototype.add, context);
    expect(new Sum().add(2)).toBe(3);
    Sum.prototype.add = clocked({ name: "Sum.add", log: (line) => lines.push(line) })(
      Sum.prototype.add,
      context,
    );
    new Sum().add(3);
    expect(lines.map((line) => line.slice(line.indexOf("]") + 2))).toEqual([
      "add(2) -> 3",
      "add(3) -> 4",
      "Sum.add(3) -> 4",
    ]);
  });

  it("is told to observers of the loop", async () => {
    const calls: ClockedCall[] = [];
    const clock = new VirtualClock(100);
    await runVirtual(
      function* () {
        using _watching = currentLoop().observe({ call: (call) => calls.push(call) });
        const nap = clocked(
          function* nap(delayMs: number) {
            yield* sleep(delayMs);
            return "rested";
          },
          { log: () => {} },
        );
        yield* nap(7);
      },
      { clock },
    );
    expect(calls).toEqual([
      { name: "nap", args: [7], startMs: 100, durationMs: 7, outcome: { ok: true, value: "rested" } },
    ]);
  });

  it("does not notice when its line cannot be written", async () => {
    await using loop = new Loop();
    const reports: LoopFailure[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure));
    const log = () => {
      throw new Error("disk full");
    };
    const answer = clocked(async () => 42, { log, name: "answer" });
    expect(await loop.runUntilComplete(() => answer())).toBe(42);
    expect(reports).toEqual([
      { message: "the line of a call of answer could not be written", error: new Error("disk full") },
    ]);
  });

  it("hides no failure that nobody looked at", async () => {
    const loop = new Loop();
    const reports: LoopFailure[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure));
    const failing = clocked((): Future<void> => loop.createFuture(), { log: () => {} });
    failing().setException(new Error("boom"));
    await new Promise((resolve) => setImmediate(resolve));
    loop.reportUnseen();
    expect(reports.map(({ message }) => message)).toEqual(["a future failed and nobody looked at it"]);
    const rejecting = clocked(async () => Promise.reject(new Error("boom")), { log: () => {} });
    expect(await caughtFrom(rejecting())).toEqual(new Error("boom"));
  });
});

describe("the values in a clocked line", () => {
  it.each([
    [undefined, "undefined"],
    [-0, "-0"],
    [12n, "12n"],
    [Symbol("s"), "Symbol(s)"],
    ["a\nb", '"a\\nb"'],
    ["x".repeat(70), `"${"x".repeat(60)}…"`],
    [[1, [2, [3]], 4, 5, 6, 7], "[1, [2, [1]], 4, 5, 6, …]"],
    [{ a: 1, b: { c: { d: 1 } } }, "{ a: 1, b: { c: {…} } }"],
    [Object.create(null), "{}"],
    [new Map(), "[Map]"],
    [new RangeError("far"), "RangeError: far"],
    [function named() {}, "[function named]"],
    [
      Array.from({ length: 5 }, () => "y".repeat(50)),
      `["${"y".repeat(50)}", "${"y".repeat(50)}", "${"y".repeat(10)}…`,
    ],
  ])("are short: case %#", async (value, shown) => {
    const lines: string[] = [];
    clocked((_value: unknown) => {}, { log: (line) => lines.push(line), name: "f" })(value);
    expect(lines[0]?.slice(14)).toBe(`f(${shown}) -> undefined`);
  });

  it("run none of the value's own code", () => {
    const lines: string[] = [];
    const trap = {
      get secret(): never {
        throw new Error("read");
      },
      toString(): never {
        throw new Error("printed");
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    clocked((..._values: unknown[]) => {}, { log: (line) => lines.push(line), name: "f" })(trap, proxy);
    expect(lines[0]?.slice(14)).toBe(
      "f({ secret: [getter], toString: [function toString] }, (unreadable)) -> undefined",
    );
  });
});
