import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** How a program ended and what it printed. */
export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is started with. */
export interface ProgramOptions {
  readonly args?: readonly string[];
  /** For Node itself. */
  readonly flags?: readonly string[];
}

/** Less than a test may take: no program outlives its test. */
const longestMs = 25_000;

const programs = new URL("./programs/", import.meta.url);

/** A program of `test/programs` in a process of its own, which is killed when this is disposed of. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";

  /** Started as `node [flags] programs/<name> [args]`, with the packages from source. */
  constructor(name: string | URL, { args = [], flags = [] }: ProgramOptions = {}) {
    const path = fileURLToPath(new URL(name, programs));
    this.#child = spawn(process.execPath, ["--conditions=@overlap/source", ...flags, path, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: longestMs,
      killSignal: "SIGKILL",
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.#ended = this.#end();
  }

  /** How it ends; comes by itself. */
  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Sends a signal as soon as the program has printed a line `when` on stdout. */
  async signal(signal: NodeJS.Signals, when: string): Promise<void> {
    await this.printed(when);
    this.#child.kill(signal);
  }

  /** Resolves when stdout has the line; rejects when the program ends without it. */
  async printed(line: string): Promise<void> {
    while (!this.#stdout.split("\n").includes(line)) {
      const { stdout } = this.#child;
      const data = stdout === null ? Promise.resolve() : once(stdout, "data");
      const ended = await Promise.race([data.then(() => null), this.#ended]);
      if (ended !== null && !ended.stdout.split("\n").includes(line))
        throw new Error(`the program ended without printing ${line}: ${JSON.stringify(ended)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** "close" comes after the last of the output. */
  async #end(): Promise<Ended> {
    const [code, signal] = (await once(this.#child, "close")) as [number | null, NodeJS.Signals | null];
    return { status: code ?? signal, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a program to its end. */
export async function runProgram(name: string | URL, options?: ProgramOptions): Promise<Ended> {
  await using program = new Program(name, options);
  return await program.ended;
}
