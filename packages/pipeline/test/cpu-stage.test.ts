import { sleep } from "@overlap/loop";
import { describe, expect, it } from "vitest";
import { pipeline, StageError, ThreadModuleError, threadFunction } from "../src/index.ts";

const url = new URL("./fixtures/thread-work.ts", import.meta.url);
type Work = typeof import("./fixtures/thread-work.ts");

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}

describe("a cpu stage", () => {
  it("runs its function on as many threads as it was given", async () => {
    const threads = new Set<number>();
    await pipeline(count(200))
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"), { threads: 2 })
      .to(async ({ threadId }) => void threads.add(threadId))
      .run();
    expect(threads.size).toBe(2);
    expect(threads.has(0)).toBe(false);
  });

  it("carries an error of its function over with its class name, its stack and its own properties", async () => {
    const failing = pipeline([1, 2, 3])
      .cpu("fail", threadFunction<Work, "failOn">(url, "failOn"))
      .to(async () => {});
    const error = await failing.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: "fail", item: 3, cause: { name: "TypeError", code: "E_THREE" } });
    expect(((error as StageError).cause as Error).stack).toContain("thread-work.ts");
  });

  it("says so when the export is no function", async () => {
    const wrong = threadFunction<Record<string, (item: number) => number>, string>(url, "missing");
    const running = pipeline([1])
      .cpu("x", wrong)
      .to(async () => {})
      .run();
    await expect(running).rejects.toThrow(/exports no function named missing/);
    await expect(running).rejects.toBeInstanceOf(ThreadModuleError);
  });

  it("fails when a thread exits under its item", async () => {
    const running = pipeline(count(10))
      .cpu("exit", threadFunction<Work, "exitOn">(url, "exitOn"))
      .to(async () => {})
      .run();
    await expect(running).rejects.toMatchObject({ stage: "exit", item: 3, cause: { name: "ThreadError" } });
  });

  it("ends threads that never return when the run is aborted", async () => {
    const stop = new AbortController();
    const running = pipeline(count(10))
      .cpu("never", threadFunction<Work, "never">(url, "never"), { threads: 2 })
      .to(async () => {});
    const result = running.run({ signal: stop.signal });
    for (let i = 0; i < 5; i++) await sleep(1);
    stop.abort(new Error("no more"));
    await expect(result).rejects.toThrow("no more");
  });
});

