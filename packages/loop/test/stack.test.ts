import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createTask, Event, type StackFrame, sleep } from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const program = join(import.meta.dirname, "programs", "stack.ts");

/** The frames that lie in the program: the function, and what stands at the place where it waits. */
function own(frames: readonly StackFrame[]): string[] {
  const lines = readFileSync(program, "utf8").split("\n");
  return frames
    .filter(({ script }) => script === pathToFileURL(program).href)
    .map(
      ({ functionName, line = 0, column = 0 }) => `${functionName}: ${lines[line - 1]?.slice(column - 1)}`,
    );
}

describe("the stack of a task", () => {
  it("has the place of each suspended frame, innermost first, also inside timeouts and groups", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@overlap/source", program]);
    const [limited, native, grouped, main] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as StackFrame[]);
    // plain() is run by outer() with yield*, so V8 shows outer() only
    expect(own(limited ?? [])).toEqual([
      "inner: yield* never.wait();",
      "outer: yield* plain();",
      "limited: yield* timeout(60_000, outer());",
    ]);
    expect(native).toEqual([{ functionName: "native" }]);
    expect(own(grouped ?? [])).toEqual([
      "body: yield* never.wait();",
      "grouped: yield* taskGroup(function* body() {",
    ]);
    expect(main).toEqual([{ functionName: "main" }]);
  });

  it("is empty when the task has ended", async () => {
    await runVirtual(function* () {
      const task = createTask(function* () {});
      yield* task;
      expect(task.stack()).toEqual([]);
    });
  });

  it("has names only where no inspector is", async () => {
    const hidden = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    onTestFinished(() => hidden.mockRestore());
    await runVirtual(function* () {
      const never = new Event();
      const task = createTask(function* waiting() {
        yield* never.wait();
      });
      yield* sleep(1);
      expect(task.stack()).toEqual([{ functionName: "waiting" }]);
    });
  });

  it("leaves nothing on the global object", async () => {
    const before = Object.keys(globalThis);
    await runVirtual(function* () {
      const task = createTask(function* () {
        yield* sleep(1);
      });
      yield* sleep(0);
      expect(task.stack()[0]?.script).toContain("stack.test.ts");
    });
    expect(Object.keys(globalThis)).toEqual(before);
  });
});
