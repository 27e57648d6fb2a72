import {
  CancelledError,
  createTask,
  currentLoop,
  DeadlockError,
  gather,
  InvalidArgumentError,
  type LoopFailure,
  run,
  sleep,
  timeout,
} from "@overlap/loop";
import {
  ThreadCloneError,
  ThreadExitError,
  ThreadModuleError,
  ThreadPool,
  toThread,
} from "@overlap/loop/node";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it, vi } from "vitest";
import type * as work from "./fixtures/thread-work.ts";
import { changed, setWord, sharedWords } from "./shared-words.ts";
import { overlapThreads, tellsThreads } from "./thread-names.ts";

const url = new URL("./fixtures/thread-work.ts", import.meta.url);

describe("toThread", () => {
  it("gives what a plain, an async and a coroutine function return, to both ways of waiting", async () => {
    expect(await toThread<typeof work.addPlainly>(url, "addPlainly", 1, 2)).toBe(3);
    const sums = await run(function* () {
      const first = yield* toThread<typeof work.addAsync>(url, "addAsync", 3, 4);
      const second = yield* toThread<typeof work.addInCoroutine>(url, "addInCoroutine", 5, 6);
      return [first, second];
    });
    expect(sums).toEqual([7, 11]);
  });

  it("calls functions of Node itself", async () => {
    const packed = await toThread<(text: string) => Uint8Array>("node:zlib", "gzipSync", "text");
    expect(packed.subarray(0, 2)).toEqual(new Uint8Array([0x1f, 0x8b]));
  });

  it("fails with what the function throws", async () => {
    const error = await toThread(url, "failWithCause").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: "WorkError", code: "WORK_FAILED", cause: { code: "FAR" } });
  });

  it("lets the loop go on while a thread is blocked", async () => {
    const words = sharedWords();
    const blocked = toThread<typeof work.blockUntilReleased>(url, "blockUntilReleased", words);
    await changed(words, 0);
    await sleep(1);
    expect(blocked.done).toBe(false);
    setWord(words, 1, 1);
    expect(await blocked).toBe("released");
  });

  it("runs calls really at the same time", async () => {
    const words = sharedWords();
    const calls = [1, 2].map(() => toThread<typeof work.meet>(url, "meet", words, 2));
    const threads = await run(() => gather(calls));
    expect(new Set(threads).size).toBe(2);
  });

  it("lets a call wait for another thread in turn", async () => {
    expect(await toThread<typeof work.addNested>(url, "addNested", 1)).toBe(1);
  });

  it("refuses at once what is no URL or no name", () => {
    expect(() => toThread("work.ts", "run")).toThrow(InvalidArgumentError);
    expect(() => toThread(url, 1 as unknown as string)).toThrow("for exportName, got 1");
  });
});

describe("a call that fails before it runs", () => {
  it("has an argument that cannot be copied, and leaves the thread free", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    await expect(pool.call(url, "echo", () => {})).rejects.toBeInstanceOf(ThreadCloneError);
    const [first, second] = [pool.call(url, "echo", Symbol("no")), pool.call(url, "echo", "yes")];
    await expect(first).rejects.toThrow("an argument for echo");
    expect(await second).toBe("yes");
    expect(pool.threadCount).toBe(1);
  });

  it("names a module that cannot be loaded or a function that is not there", async () => {
    const missing = new URL("./fixtures/not-there.ts", import.meta.url);
    await expect(toThread(missing, "run")).rejects.toBeInstanceOf(ThreadModuleError);
    await expect(toThread(url, "missing")).rejects.toBeInstanceOf(ThreadModuleError);
  });
});

describe("a call that cannot give its result", () => {
  it("because it cannot be copied, fails", async () => {
    await expect(toThread(url, "giveFunction")).rejects.toThrow("the result of giveFunction");
  });

  it("because nothing will bring what it waits for, fails", async () => {
    await expect(toThread(url, "waitForNobody")).rejects.toBeInstanceOf(DeadlockError);
  });
});

describe("a pool", () => {
  it("has as many threads as it may have, and no more", async () => {
    await using pool = new ThreadPool({ threads: 2 });
    const words = sharedWords();
    const turns = [1, 2, 3, 4, 5, 6];
    const calls = turns.map((turn) => pool.call<typeof work.workInTurn>(url, "workInTurn", words, turn));
    expect([pool.threadCount, pool.queued]).toEqual([2, 4]);
    await changed(words, 1, 0);
    await changed(words, 1, 1);
    for (const turn of turns) {
      setWord(words, 2, turn);
      await calls[turn - 1];
    }
    expect(words[1]).toBe(2);
    expect(pool.threadCount).toBe(2);
  });

  it("serves first come, first served", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const order: number[] = [];
    const calls = [1, 2, 3, 4].map((value) => pool.call<(it: number) => number>(url, "echo", value));
    for (const call of calls) call.addDoneCallback((done) => order.push(done.result()));
    await run(() => gather(calls));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("starts no second thread while one is free", async () => {
    await using pool = new ThreadPool({ threads: 4 });
    for (let call = 0; call < 3; call++) await pool.call(url, "echo", call);
    expect(pool.threadCount).toBe(1);
  });

  it("ends a thread that nobody needs for a while", async () => {
    await using pool = new ThreadPool({ idleMs: 1 });
    await pool.call(url, "echo", 1);
    await vi.waitFor(() => expect(pool.threadCount).toBe(0), { timeout: 10_000 });
    expect(await pool.call(url, "echo", 2)).toBe(2);
  });

  it("takes sensible options only", () => {
    expect(() => new ThreadPool({ threads: 0 })).toThrow("expected a positive integer for threads, got 0");
    expect(() => new ThreadPool({ idleMs: -1 })).toThrow("at least 0 for idleMs, got -1");
    expect(() => new ThreadPool({ maxHeapMb: 0.5 })).toThrow("expected at least 1 for maxHeapMb, got 0.5");
    const onCancel = "wait" as "abandon";
    expect(() => new ThreadPool({ onCancel })).toThrow('"abandon" or "terminate" for onCancel, got "wait"');
  });
});

describe("cancelling a call", () => {
  it("that waits for a thread withdraws it at once", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const words = sharedWords();
    const blocked = pool.call<typeof work.blockUntilReleased>(url, "blockUntilReleased", words);
    const never = sharedWords();
    const waiting = [1, 2, 3].map(() => pool.call<typeof work.meet>(url, "meet", never, 1));
    expect(waiting[1]?.cancel("no longer needed")).toBe(true);
    expect(pool.queued).toBe(2);
    expect(() => waiting[1]?.result()).toThrow('cancelled: "no longer needed"');
    setWord(words, 1, 1);
    await blocked;
    await run(() => gather([waiting[0], waiting[2]].filter((call) => call !== undefined)));
    expect(never[0]).toBe(2);
  });

  it("that runs frees the caller at once; the thread goes on, and then takes the next call", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const words = sharedWords();
    const thread = await pool.call<typeof work.currentThread>(url, "currentThread");
    const blocked = pool.call<typeof work.blockUntilReleased>(url, "blockUntilReleased", words);
    await changed(words, 0);
    const task = createTask(() => blocked);
    await sleep(0);
    task.cancel();
    await expect(task).rejects.toBeInstanceOf(CancelledError);
    const next = pool.call<typeof work.currentThread>(url, "currentThread");
    expect(pool.queued).toBe(1);
    setWord(words, 1, 1);
    expect(await next).toBe(thread);
    expect(words[2]).toBe(1);
  });

  it("that runs a coroutine or an async function cancels that too", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const words = sharedWords();
    const sleeping = pool.call<typeof work.sleepAndCleanUp>(url, "sleepAndCleanUp", words);
    await changed(words, 0);
    sleeping.cancel("enough");
    expect(await pool.call<typeof work.takeEvents>(url, "takeEvents")).toEqual([
      expect.stringContaining("enough"),
      "cleaned up",
    ]);
    setWord(words, 0, 0);
    const waiting = pool.call<typeof work.waitForSignal>(url, "waitForSignal", words);
    await changed(words, 0);
    waiting.cancel();
    expect(await pool.call<typeof work.takeEvents>(url, "takeEvents")).toEqual(["cancelled: true"]);
  });

  it("that runs ends its thread if the pool says so, and the next call gets a new one", async () => {
    await using pool = new ThreadPool({ threads: 1, onCancel: "terminate" });
    const words = sharedWords();
    const thread = await pool.call<typeof work.currentThread>(url, "currentThread");
    const blocked = pool.call<typeof work.blockUntilReleased>(url, "blockUntilReleased", words);
    await changed(words, 0);
    blocked.cancel();
    const next = pool.call<typeof work.currentThread>(url, "currentThread");
    expect(pool.threadCount).toBe(1);
    expect(await next).not.toBe(thread);
    setWord(words, 1, 1);
    expect(words[2]).toBe(0);
  });

  it("gives no other call to a thread that is being ended, though its answer has come", async () => {
    await using pool = new ThreadPool({ threads: 1, onCancel: "terminate" });
    const words = sharedWords();
    const thread = await pool.call<typeof work.currentThread>(url, "currentThread");
    const answered = pool.call<typeof work.blockUntilReleased>(url, "blockUntilReleased", words);
    const next = pool.call<typeof work.currentThread>(url, "currentThread");
    setWord(words, 1, 1);
    Atomics.wait(words, 2, 0);
    Atomics.wait(sharedWords(), 0, 0, 100); // the answer is under way, and this thread has not seen it
    answered.cancel();
    expect(await next).not.toBe(thread);
  });

  it("that is done changes nothing", async () => {
    const call = toThread(url, "echo", 1);
    await call;
    expect(call.cancel()).toBe(false);
    expect(await toThread(url, "echo", 2)).toBe(2);
  });
});

describe("a thread of a pool that ends", () => {
  it("fails its call, and the queue goes on with a new thread", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const calls = [pool.call(url, "exitWith", 7), pool.call(url, "failUncaught"), pool.call(url, "echo", 3)];
    await expect(calls[0]).rejects.toBeInstanceOf(ThreadExitError);
    await expect(calls[0]).rejects.toThrow(/ended before exitWith of .* did, with exit code 7$/);
    await expect(calls[1]).rejects.toMatchObject({ cause: new RangeError("nobody caught this") });
    expect(await calls[2]).toBe(3);
  });

  it("for want of memory says so", async () => {
    await using pool = new ThreadPool({ maxHeapMb: 16 });
    await expect(pool.call(url, "fillMemory")).rejects.toMatchObject({
      name: "ThreadExitError",
      cause: { code: "ERR_WORKER_OUT_OF_MEMORY" },
    });
  });

  it("between two calls is reported", async () => {
    const failures: LoopFailure[] = [];
    currentLoop().setExceptionHandler((failure) => failures.push(failure));
    await using pool = new ThreadPool();
    await pool.call<typeof work.failLater>(url, "failLater", sharedWords());
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 10_000 });
    currentLoop().setExceptionHandler(null);
    expect(failures[0]?.error).toMatchObject({ name: "RangeError", message: "too late to catch" });
    expect(pool.threadCount).toBe(0);
  });
});

describe("closing a pool", () => {
  it("cancels what runs and what waits, and refuses what comes", async () => {
    const pool = new ThreadPool({ threads: 1 });
    const calls = [pool.call(url, "spin"), pool.call(url, "echo", 1)];
    await pool.close();
    for (const call of calls) expect(() => call.result()).toThrow('cancelled: "the thread pool was closed"');
    expect(pool.threadCount).toBe(0);
    expect(() => pool.call(url, "echo", 1)).toThrow("this thread pool was closed");
    await pool.close();
  });

  it.runIf(tellsThreads)("leaves no thread", async () => {
    const before = overlapThreads();
    const words = sharedWords();
    const pool = new ThreadPool({ threads: 3 });
    const calls = [1, 2, 3].map(() => pool.call<typeof work.meet>(url, "meet", words, 3));
    await run(() => gather(calls));
    expect(overlapThreads()).toBeGreaterThanOrEqual(3);
    await pool.close();
    expect(overlapThreads()).toBeLessThanOrEqual(before);
  });
});

describe("under virtual time", () => {
  it("time stands still while a call is under way, queued ones included", async () => {
    await using pool = new ThreadPool({ threads: 1 });
    const result = await runVirtual(function* () {
      const calls = [1, 2, 3].map((a) => pool.call<typeof work.addAsync>(url, "addAsync", a, 0));
      const sums = yield* timeout(1, gather(calls));
      return { sums, now: currentLoop().now() };
    });
    expect(result).toEqual({ sums: [1, 2, 3], now: 0 });
  });

  it("time goes on once nobody waits for the call", async () => {
    await using pool = new ThreadPool({ threads: 1, onCancel: "terminate" });
    const now = await runVirtual(function* () {
      const call = pool.call(url, "spin");
      call.cancel();
      yield* sleep(3_600_000);
      return currentLoop().now();
    });
    expect(now).toBe(3_600_000);
  });
});
