import {
  type Coroutine,
  createTask,
  currentLoop,
  Future,
  gather,
  Loop,
  type LoopFailure,
  sleep,
  wait,
} from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";

/** Everything that is reported, in virtual time; what nobody looked at is reported at the end at the latest. */
async function reportsOf(main: () => Coroutine<void>): Promise<unknown[]> {
  const reports: unknown[] = [];
  await runVirtual(function* () {
    currentLoop().setExceptionHandler((failure) => reports.push((failure.error as Error).message));
    yield* main();
  });
  return reports;
}

function failed(message: string): Future<void> {
  const future = new Future<void>();
  future.setException(new Error(message));
  return future;
}

describe("a failure that nobody looked at", () => {
  it("is reported when the future is forgotten, once (test_tb_logger_exception_unretrieved, test_future_exception_never_retrieved)", async () => {
    const collect = globalThis.gc;
    if (collect === undefined) throw new Error("the tests run with --expose-gc");
    const loop = new Loop();
    const reports: LoopFailure[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure));
    (() => loop.createFuture().setException(new Error("boom")))();
    for (let tries = 0; tries < 100 && reports.length === 0; tries++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    loop.reportUnseen();
    expect(reports).toEqual([
      { message: "a future failed and nobody looked at it", error: new Error("boom") },
    ]);
  });

  it("is listened for at the exit of the process once, however many loops there are", async () => {
    const before = process.listenerCount("exit");
    const futures = Array.from({ length: 50 }, () => new Loop().createFuture());
    for (const future of futures) future.setException(new Error("not seen yet"));
    expect(process.listenerCount("exit") - before).toBeLessThanOrEqual(1);
    for (const future of futures) future.exception();
  });

  it("is reported of a task with its name", async () => {
    const loop = new Loop();
    const reports: string[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure.message));
    const task = loop.createTask(async function fetchPage() {
      throw new Error("boom");
    });
    while (!task.done) await new Promise((resolve) => setImmediate(resolve));
    loop.reportUnseen();
    expect(reports).toEqual(["task fetchPage failed and nobody looked at it"]);
  });

  it("is not reported when somebody looked (test_tb_logger_exception_retrieved, test_tb_logger_exception_result_retrieved)", async () => {
    const reports = await reportsOf(function* () {
      failed("exception()").exception();
      expect(() => failed("result()").result()).toThrow();
      failed("then").then(undefined, () => {});
      failed("callback").addDoneCallback(() => {});
      try {
        yield* failed("yield*");
      } catch {
        // goes on in spite of it
      }
    });
    expect(reports).toEqual([]);
  });

  it("is not reported of what was cancelled after it had failed (test_tb_logger_not_called_after_cancel)", async () => {
    const reports = await reportsOf(function* () {
      failed("a future").cancel();
      const task = createTask(function* () {
        throw new Error("a task");
      });
      yield* sleep(50);
      task.cancel();
    });
    expect(reports).toEqual([]);
  });

  it("is not there when nothing failed (test_tb_logger_abandoned, test_tb_logger_result_unretrieved, test_tb_logger_result_retrieved)", async () => {
    const reports = await reportsOf(function* () {
      new Future();
      new Future().setResult(42);
      const looked = new Future<number>();
      looked.setResult(42);
      looked.result();
      createTask(() => sleep(1_000)).cancel();
      yield* sleep(1);
    });
    expect(reports).toEqual([]);
  });

  it("is not reported of the late losers of a gather (test_exception_marking)", async () => {
    const reports = await reportsOf(function* () {
      function* failAfter(delayMs: number) {
        yield* sleep(delayMs);
        throw new Error(`after ${delayMs}`);
      }
      try {
        yield* gather([failAfter(1), failAfter(2)]);
      } catch {
        // goes on in spite of it
      }
      yield* sleep(5);
    });
    expect(reports).toEqual([]);
  });

  it("is still reported after wait, which only watched", async () => {
    const reports = await reportsOf(function* () {
      yield* wait([
        createTask(function* () {
          throw new Error("watched only");
        }),
      ]);
    });
    expect(reports).toEqual(["watched only"]);
  });
});

describe("the exception handler", () => {
  it("that throws does not stop the loop, and both errors are printed", async () => {
    const printed: string[] = [];
    const print = vi
      .spyOn(console, "error")
      .mockImplementation((...words) => void printed.push(words.join(" ")));
    onTestFinished(() => print.mockRestore());
    const after = await runVirtual(function* () {
      currentLoop().setExceptionHandler(() => {
        throw new Error("the handler");
      });
      currentLoop().callSoon(() => {
        throw new Error("the callback");
      });
      yield* sleep(1);
      return "still running";
    });
    expect(after).toBe("still running");
    expect(printed).toEqual([
      "overlap: a callback of the loop threw: Error: the callback",
      "overlap: the exception handler itself threw: Error: the handler",
    ]);
  });
});
