import { describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

const intro = "overlap: the process ran empty, but these tasks wait for something that nothing will bring:\n";

function runStuck(way: string) {
  return runProgram("stuck.ts", { args: [way] });
}

describe("reportDeadlockAtExit", () => {
  it("prints the tree of the tasks that wait when an awaited run can never end", async () => {
    const { status, stderr } = await runStuck("awaited");
    expect(stderr).toContain(`${intro}stuckGroup: waits for its group\n  consumer: waits for `);
    expect(status).toBe(13);
  });

  it("does so for a task that nobody awaits", async () => {
    const { status, stderr } = await runStuck("background");
    expect(stderr).toMatch(new RegExp(`^${intro}consumer: waits for .*\\n$`));
    expect(status).toBe(13);
  });

  it("is silent when no task waits", async () => {
    expect(await runStuck("finished")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("is silent when somebody brings new work at the last moment", async () => {
    expect(await runStuck("rescued")).toEqual({ status: 0, stdout: "late\n", stderr: "" });
  });

  it("is silent when the program ends itself", async () => {
    expect(await runStuck("exited")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await runStuck("rescuedThenExited")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("keeps an exit code that was set", async () => {
    const { status, stderr } = await runStuck("ownCode");
    expect(stderr).toContain(intro);
    expect(status).toBe(3);
  });

  it("ends when it is disposed of", async () => {
    expect(await runStuck("disposed")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("gives the tasks to a report of one's own", async () => {
    const { status, stdout, stderr } = await runStuck("ownReport");
    expect(stdout).toMatch(/^mine: consumer: waits for /);
    expect({ status, stderr }).toEqual({ status: 13, stderr: "" });
  });
});
