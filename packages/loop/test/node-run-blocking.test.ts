import { currentLoop, DeadlockError, InvalidArgumentError, type LoopFailure } from "@overlap/loop";
import {
  BlockingRunner,
  BlockingTimeoutError,
  runBlocking,
  ThreadCloneError,
  ThreadExitError,
  ThreadModuleError,
} from "@overlap/loop/node";
import { describe, expect, it, vi } from "vitest";
import type * as work from "./fixtures/thread-work.ts";
import { sharedWords } from "./shared-words.ts";
import { overlapThreads, tellsThreads } from "./thread-names.ts";

const url = new URL("./fixtures/thread-work.ts", import.meta.url);

/** What `call` throws. */
function thrownBy(call: () => unknown): Record<string, unknown> & Error {
  try {
    call();
  } catch (error) {
    return error as Record<string, unknown> & Error;
  }
  throw new Error("expected an error, and nothing was thrown");
}

describe("runBlocking", () => {
  it("returns what an async, a coroutine and a plain function of a module return", () => {
    expect(runBlocking<typeof work.addAsync>(url, "addAsync", 1, 2)).toBe(3);
    expect(runBlocking<typeof work.addInCoroutine>(url, "addInCoroutine", 3, 4)).toBe(7);
    expect(runBlocking<typeof work.addPlainly>(url, "addPlainly", 5, 6)).toBe(11);
  });

  it("takes the URL as text too, also of a module of Node that knows nothing of loops", () => {
    expect(runBlocking(url.href, "addPlainly", 1, 2)).toBe(3);
    using runner = new BlockingRunner();
    expect(runner.run<(text: string) => string>("node:querystring", "escape", "a b")).toBe("a%20b");
  });

  it("really waits: nothing else happens on the calling thread meanwhile", async () => {
    const order: string[] = [];
    const timer = new Promise<void>((resolve) => {
      setTimeout(() => resolve(void order.push("timer")), 0);
    });
    const promise = Promise.resolve().then(() => order.push("promise"));
    runBlocking<typeof work.addAsync>(url, "addAsync", 1, 2);
    order.push("returned");
    await Promise.all([timer, promise]);
    expect(order).toEqual(["returned", "promise", "timer"]);
  });

  it("copies arguments and result by structured clone", () => {
    const value = {
      map: new Map([["a", new Date(5)]]),
      bytes: new Uint8Array([1, 2]),
      big: 3n,
      none: undefined,
    };
    const copy = runBlocking<(it: typeof value) => typeof value>(url, "echo", value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
  });

  it("passes the arguments that it is given and no other to a plain function", () => {
    expect(runBlocking<typeof work.countArguments>(url, "countArguments", 1, undefined)).toBe(2);
    expect(runBlocking<typeof work.describeOptional>(url, "describeOptional", "one")).toBe("one undefined");
  });

  it("keeps its thread, with what modules remember, for the next call", () => {
    const first = runBlocking<typeof work.currentThread>(url, "currentThread");
    expect(runBlocking<typeof work.currentThread>(url, "currentThread")).toBe(first);
  });

  it("shares the environment variables with its thread", () => {
    vi.stubEnv("OVERLAP_TEST_VARIABLE", "seen");
    expect(runBlocking<typeof work.readVariable>(url, "readVariable", "OVERLAP_TEST_VARIABLE")).toBe("seen");
    vi.unstubAllEnvs();
  });

  it("runs inside another call of it, thread below thread", () => {
    expect(runBlocking<typeof work.addNested>(url, "addNested", 2)).toBe(2);
  });
});

describe("an error on the thread", () => {
  it("arrives with name, message, stack, own properties and cause", () => {
    const error = thrownBy(() => runBlocking(url, "failWithCause"));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      name: "WorkError",
      message: "no luck",
      code: "WORK_FAILED",
      details: { attempt: 3 },
    });
    expect(error.stack).toMatch(/no luck\n.*failWithCause \(file:.*thread-work\.ts:\d+/);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause).toMatchObject({ message: "too far", code: "FAR" });
  });

  it("arrives with a description of a property that cannot be copied", () => {
    expect(thrownBy(() => runBlocking(url, "failWithCause")).retry).toBe("function retry");
  });

  it("arrives with all errors of a group", () => {
    const error = thrownBy(() => runBlocking(url, "failTogether"));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors).toEqual([new RangeError("one"), new Error("two")]);
    expect((error.errors as unknown[])[0]).toBeInstanceOf(RangeError);
  });

  it("arrives as the DOMException that it was", () => {
    const error = thrownBy(() => runBlocking(url, "throwAbort"));
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "AbortError", message: "stopped", code: DOMException.ABORT_ERR });
  });

  it("arrives also when its cause leads back to itself", () => {
    const error = thrownBy(() => runBlocking(url, "failCircularly"));
    expect((error.cause as Error).cause).toBe("(circular) Error: round");
  });

  it("arrives when it is no error at all", () => {
    expect(() => runBlocking(url, "throwText")).toThrow("just text");
    expect(() => runBlocking(url, "throwFunction")).toThrow("function takeEvents");
  });

  it("keeps the stable code of an error of this package", () => {
    expect(thrownBy(() => runBlocking(url, "throwCancelled"))).toMatchObject({
      name: "CancelledError",
      code: "OVERLAP_LOOP_CANCELLED",
      reason: "of its own",
    });
  });
});

describe("what a thread cannot do", () => {
  it("is to load a module that is not there", () => {
    const missing = new URL("./fixtures/not-there.ts", import.meta.url);
    const error = thrownBy(() => runBlocking(missing, "run"));
    expect(error).toBeInstanceOf(ThreadModuleError);
    expect(error).toMatchObject({
      code: "OVERLAP_LOOP_THREAD_MODULE",
      cause: { code: "ERR_MODULE_NOT_FOUND" },
    });
    expect(error.message).toContain("not-there.ts could not be loaded");
  });

  it("is to load a module that throws", () => {
    const broken = new URL("./fixtures/broken-module.ts", import.meta.url);
    const error = thrownBy(() => runBlocking(broken, "run"));
    expect(error).toBeInstanceOf(ThreadModuleError);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause).toMatchObject({ message: "this module never loads", code: "BROKEN" });
  });

  it("is to load a module that waits for ever", () => {
    const endless = new URL("./fixtures/endless-module.ts", import.meta.url);
    expect(thrownBy(() => runBlocking(endless, "neverReached")).message).toMatch(
      /^neverReached of file:.*endless-module\.ts cannot end: the loading of its module waits/,
    );
  });

  it("is to call what is no function", () => {
    const error = thrownBy(() => runBlocking(url, "notAFunction"));
    expect(error).toBeInstanceOf(ThreadModuleError);
    expect(error.message).toMatch(
      /expected notAFunction of file:.* to be a function, got 42; its functions are addAsync, /,
    );
    expect(thrownBy(() => runBlocking(url, "missing")).message).toContain("got no such export");
  });

  it("is to copy a function", () => {
    const result = thrownBy(() => runBlocking(url, "giveFunction"));
    expect(result).toBeInstanceOf(ThreadCloneError);
    expect(result.message).toContain("the result of giveFunction");
    const argument = thrownBy(() => runBlocking(url, "echo", () => {}));
    expect(argument).toBeInstanceOf(ThreadCloneError);
    expect(argument).toMatchObject({ code: "OVERLAP_LOOP_THREAD_CLONE", cause: { name: "DataCloneError" } });
    expect(argument.message).toContain("an argument for echo");
    expect(runBlocking<typeof work.addPlainly>(url, "addPlainly", 1, 1)).toBe(2);
  });

  it("is to wait for something that nothing will bring", () => {
    const error = thrownBy(() => runBlocking(url, "waitForNobody"));
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error.message).toMatch(/^waitForNobody of .* cannot end: it waits .*\nwaitForNobody: waits for /);
    expect(runBlocking<typeof work.addAsync>(url, "addAsync", 1, 1)).toBe(2);
  });

  it("is to answer twice: what such a call still does is nobody's answer", () => {
    expect(() => runBlocking(url, "waitForNobodyAndCleanUp")).toThrow(DeadlockError);
    expect(runBlocking<typeof work.sleepFor>(url, "sleepFor", 200)).toBe("slept");
  });

  it("is to find a module without a URL or a function without a name", () => {
    expect(() => runBlocking("./work.ts", "run")).toThrow(
      new InvalidArgumentError(
        'expected the URL of a module for moduleUrl, such as new URL("./work.ts", import.meta.url), got "./work.ts"',
      ),
    );
    expect(() => runBlocking(url, undefined as unknown as string)).toThrow("exportName, got undefined");
  });
});

describe("a thread that ends before its call", () => {
  it("by process.exit is named with its exit code, and the next call gets a new thread", () => {
    const before = runBlocking<typeof work.currentThread>(url, "currentThread");
    const error = thrownBy(() => runBlocking(url, "exitWith", 7));
    expect(error).toBeInstanceOf(ThreadExitError);
    expect(error.code).toBe("OVERLAP_LOOP_THREAD_EXIT");
    expect(error.message).toMatch(/ended before exitWith of .* did, with exit code 7$/);
    expect(runBlocking<typeof work.currentThread>(url, "currentThread")).not.toBe(before);
  });

  it("by an error that nobody caught has that as its cause, and nobody is told twice", async () => {
    const failures: LoopFailure[] = [];
    currentLoop().setExceptionHandler((failure) => failures.push(failure));
    const error = thrownBy(() => runBlocking(url, "failUncaught"));
    expect(error).toBeInstanceOf(ThreadExitError);
    expect(error.cause).toEqual(new RangeError("nobody caught this"));
    await settle();
    currentLoop().setExceptionHandler(null);
    expect(failures).toEqual([]);
  });

  it("by want of memory is noticed though it ends without a word", () => {
    using runner = new BlockingRunner({ maxHeapMb: 16 });
    const error = thrownBy(() => runner.run(url, "fillMemory"));
    expect(error).toBeInstanceOf(ThreadExitError);
    expect(error.message).toMatch(/, out of memory$/);
    expect(runner.run<typeof work.addPlainly>(url, "addPlainly", 1, 1)).toBe(2);
  });

  it("between two calls is reported, and the next call gets a new thread", async () => {
    const failures: LoopFailure[] = [];
    currentLoop().setExceptionHandler((failure) => failures.push(failure));
    using runner = new BlockingRunner();
    const words = sharedWords();
    const before = runner.run<typeof work.currentThread>(url, "currentThread");
    runner.run<typeof work.failLater>(url, "failLater", words);
    Atomics.wait(words, 0, 0);
    expect(runner.run<typeof work.currentThread>(url, "currentThread")).not.toBe(before);
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 10_000 });
    currentLoop().setExceptionHandler(null);
    expect(failures[0]).toEqual({
      message: "a thread failed outside a call",
      error: new RangeError("too late to catch"),
    });
  });
});

/** A runner whose thread runs and has loaded its module. */
function limitedRunner(): BlockingRunner {
  const runner = new BlockingRunner({ timeoutMs: 300, graceMs: 20_000 });
  warmUp(runner);
  return runner;
}

/** Until a call comes through within the limit, however slowly its thread starts. */
function warmUp(runner: BlockingRunner): void {
  for (;;) {
    try {
      runner.run(url, "addPlainly", 1, 1);
      return;
    } catch (error) {
      if (!(error instanceof BlockingTimeoutError)) throw error;
    }
  }
}

async function onlyThreadIsThatOfRunBlocking(): Promise<void> {
  await vi.waitFor(() => expect(overlapThreads()).toBe(1), { timeout: 10_000 });
}

describe("a time limit", () => {
  it("cancels a coroutine, lets it clean up, and keeps the thread", () => {
    using runner = limitedRunner();
    const thread = runner.run<typeof work.currentThread>(url, "currentThread");
    const error = thrownBy(() => runner.run(url, "sleepAndCleanUp", sharedWords()));
    expect(error).toBeInstanceOf(BlockingTimeoutError);
    expect(error.code).toBe("OVERLAP_LOOP_BLOCKING_TIMEOUT");
    expect(error.message).toMatch(/^sleepAndCleanUp of .* took longer than 300 ms$/);
    expect(runner.run<typeof work.takeEvents>(url, "takeEvents")).toEqual([
      'CancelledError: cancelled: "the time limit of 300 ms is over"',
      "cleaned up",
    ]);
    expect(runner.run<typeof work.currentThread>(url, "currentThread")).toBe(thread);
  });

  it("fires the signal of an async function that takes one", () => {
    using runner = limitedRunner();
    expect(() => runner.run<typeof work.waitForSignal>(url, "waitForSignal", sharedWords())).toThrow(
      BlockingTimeoutError,
    );
    expect(runner.run<typeof work.takeEvents>(url, "takeEvents")).toEqual(["cancelled: true"]);
  });

  it("lets a result through that comes in spite of the cancel", () => {
    using runner = limitedRunner();
    expect(runner.run<typeof work.answerAfterCancel>(url, "answerAfterCancel")).toBe("in spite of it");
  });

  it("names as its cause what went wrong in the clean-up", () => {
    using runner = limitedRunner();
    const error = thrownBy(() => runner.run(url, "failAfterCancel"));
    expect(error).toBeInstanceOf(BlockingTimeoutError);
    expect(error.cause).toEqual(new RangeError("could not clean up"));
  });

  it("ends the thread of a call that cannot be cancelled, and the next call gets a new one", () => {
    using runner = new BlockingRunner({ timeoutMs: 1_000, graceMs: 1 });
    warmUp(runner);
    expect(() => runner.run(url, "spin")).toThrow(BlockingTimeoutError);
    warmUp(runner);
  });

  it.runIf(tellsThreads)("ends the threads below a thread that itself waits", async () => {
    runBlocking(url, "addPlainly", 1, 1);
    using runner = new BlockingRunner({ timeoutMs: 1_000, graceMs: 1 });
    expect(() => runner.run(url, "spinNested")).toThrow(BlockingTimeoutError);
    await onlyThreadIsThatOfRunBlocking();
  });

  it("is a time", () => {
    expect(() => new BlockingRunner({ timeoutMs: -1 })).toThrow("at least 0 for timeoutMs, got -1");
    expect(() => new BlockingRunner({ graceMs: Number.NaN })).toThrow("at least 0 for graceMs, got NaN");
    expect(() => new BlockingRunner({ maxHeapMb: 0 })).toThrow("expected at least 1 for maxHeapMb, got 0");
  });
});

describe("a closed runner", () => {
  it.runIf(tellsThreads)("has no thread", async () => {
    runBlocking(url, "addPlainly", 1, 1);
    const runner = new BlockingRunner();
    runner.run(url, "addPlainly", 1, 1);
    expect(overlapThreads()).toBeGreaterThan(1);
    runner.close();
    runner.close();
    await onlyThreadIsThatOfRunBlocking();
  });

  it("refuses calls", () => {
    const runner = new BlockingRunner();
    runner.close();
    expect(() => runner.run(url, "addPlainly", 1, 1)).toThrow("this blocking runner was closed");
  });
});

/** Until what is on its way from other threads has arrived. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
}
