import { InvalidArgumentError } from "@overlap/loop";
import { type SignalOptions, withSignals } from "@overlap/loop/node";
import { describe, expect, it } from "vitest";
import { Program, runProgram } from "./program.ts";

interface Options extends SignalOptions {
  /** The program catches and prints what `withSignals` throws. */
  readonly caught?: boolean;
  /** Its AbortSignal fires once the main task waits. */
  readonly abort?: boolean;
}

function start(behaviour: string, options: Options = {}): Program {
  return new Program("interrupted.ts", { args: [behaviour, JSON.stringify(options)] });
}

describe("the first signal", () => {
  for (const { signal, code } of [
    { signal: "SIGINT", code: 130 },
    { signal: "SIGTERM", code: 143 },
  ] as const) {
    it(`${signal} cancels the main task, which cleans up, and the exit code is ${code}`, async () => {
      await using program = start("cleanUp", { caught: true });
      await program.signal(signal, "ready");
      expect(await program.ended).toEqual({
        status: code,
        stdout: `ready\ncancelled by ${signal}\ncleaned up\nSignalError: interrupted by ${signal}\nlisteners left: 0\n`,
        stderr: "",
      });
    });
  }

  it("gives its exit code also when nobody catches what withSignals throws", async () => {
    await using program = start("cleanUp");
    await program.signal("SIGINT", "ready");
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: "ready\ncancelled by SIGINT\ncleaned up\n" });
    expect(stderr).toContain("SignalError: interrupted by SIGINT");
    expect(stderr).toContain("OVERLAP_LOOP_SIGNAL");
  });

  it("leaves the main task its answer", async () => {
    await using program = start("answer");
    await program.signal("SIGTERM", "ready");
    const stdout = "ready\ncancelled\nanswer\nlisteners left: 0\n";
    expect(await program.ended).toEqual({ status: 143, stdout, stderr: "" });
  });

  it("leaves the program alone once the main task has ended", async () => {
    await using program = start("answer", { graceMs: 1_000 });
    await program.signal("SIGINT", "ready");
    const { stdout } = await program.ended;
    expect(stdout).toBe("ready\ncancelled\nanswer\nlisteners left: 0\noutlived the grace period\n");
  });

  it("doesn't hide an error of the clean-up", async () => {
    await using program = start("failCleaningUp");
    await program.signal("SIGINT", "ready");
    const { status, stderr } = await program.ended;
    expect(status).toBe(1);
    expect(stderr).toContain("RangeError: could not clean up");
  });

  it("may be another one", async () => {
    await using program = start("cleanUp", { signals: ["SIGUSR2"], caught: true });
    await program.signal("SIGUSR2", "ready");
    const { status, stdout } = await program.ended;
    expect(status).toBe(140);
    expect(stdout).toContain("cancelled by SIGUSR2");
  });

  it("means what it means to Node when it is not among those asked for", async () => {
    await using program = start("cleanUp", { signals: ["SIGUSR2"] });
    await program.signal("SIGTERM", "ready");
    expect(await program.ended).toEqual({ status: "SIGTERM", stdout: "ready\n", stderr: "" });
  });
});

describe("a main task that doesn't end", () => {
  it("is dropped after the grace period, and what was left is named", async () => {
    await using program = start("ignore", { graceMs: 100 });
    await program.signal("SIGINT", "ready");
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: "ready\nignored\n" });
    expect(stderr).toMatch(
      /^overlap: still not done 100 ms after SIGINT; what is left is dropped:\nignore: waits for its group, asked to end\n {2}stubborn: waits for .+\n$/,
    );
  });

  it("is dropped at once at the second signal, whose exit code counts", async () => {
    await using program = start("ignore", { graceMs: 3_600_000 });
    await program.signal("SIGINT", "ready");
    await program.signal("SIGTERM", "ignored");
    expect(await program.ended).toEqual({ status: 143, stdout: "ready\nignored\n", stderr: "" });
  });

  it("is reported when nothing can wake it any more", async () => {
    const { status, stderr } = await runProgram("interrupted.ts", { args: ["waitForNothing"] });
    expect(status).toBe(13);
    expect(stderr).toContain("the process ran empty, but these tasks wait");
    expect(stderr).toContain("waitForNothing: waits for a future");
  });
});

describe("withSignals", () => {
  it("returns what its main task returns, and signals are the process's own again", async () => {
    await using program = start("finish");
    await program.signal("SIGINT", "ready");
    const stdout = "finished\nlisteners left: 0\nready\n";
    expect(await program.ended).toEqual({ status: "SIGINT", stdout, stderr: "" });
  });

  it("is cancelled by an AbortSignal as run is", async () => {
    await using program = start("answer", { abort: true });
    const stdout = "ready\ncancelled\nanswer\nlisteners left: 0\n";
    expect(await program.ended).toEqual({ status: 0, stdout, stderr: "" });
  });

  it("refuses what is no time or no signal that can be caught", async () => {
    const main = async () => {};
    await expect(withSignals(main, { graceMs: -1 })).rejects.toThrow("at least 0 for graceMs, got -1");
    for (const signals of [["SIGKILL"], ["SIGNOTHING"]] as NodeJS.Signals[][]) {
      await expect(withSignals(main, { signals })).rejects.toThrow(
        new InvalidArgumentError(`expected the name of a signal that can be caught, got "${signals[0]}"`),
      );
    }
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });
});
