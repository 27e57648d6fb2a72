import { spawn } from "node:child_process";
import { killGroup, runningIn } from "./process-group.ts";

/** How a program ended. */
export interface Ended {
  readonly stdout: string;
  /** What is wrong with how it ended, one sentence each; none when it exited 0 in time and left nothing behind. */
  readonly problems: readonly string[];
}

/** Where a program runs and for how long. */
export interface RunOptions {
  /** The working folder. */
  readonly cwd: string;
  /**
   * Milliseconds after which the program and all that it started are killed, at least 1.
   * @default 30_000
   */
  readonly timeoutMs?: number;
}

/** Runs a program with the packages from source, in a process group of its own that is gone when this returns. */
export async function runProgram(path: string, { cwd, timeoutMs = 30_000 }: RunOptions): Promise<Ended> {
  const args = ["--conditions=@overlap/source", path];
  const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} could not be started`);
  const output = Promise.all(
    [child.stdout, child.stderr].map((stream) => stream.setEncoding("utf8").toArray()),
  );
  const ended = Promise.withResolvers<string>();
  child.once("exit", (code, signal) => ended.resolve(signal ?? String(code)));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(pid);
  }, timeoutMs);
  const status = await ended.promise;
  clearTimeout(timer);
  const left = runningIn(pid);
  killGroup(pid);
  const [stdout, stderr] = (await output).map((chunks) => chunks.join(""));
  return { stdout: stdout ?? "", problems: problemsOf({ late, timeoutMs, status, stderr, left }) };
}

interface Ending {
  readonly late: boolean;
  readonly timeoutMs: number;
  readonly status: string;
  readonly stderr: string | undefined;
  readonly left: readonly number[];
}

function problemsOf({ late, timeoutMs, status, stderr, left }: Ending): readonly string[] {
  if (late) return [`it was still running after ${timeoutMs} ms`];
  return [
    ...(status === "0" ? [] : [`it ended with ${status}: ${stderr}`]),
    ...(left.length === 0 ? [] : [`it left ${left.length} of its processes running`]),
  ];
}
