import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Contender } from "../loop/rounds.ts";
import { type Load, loads } from "./loads.ts";

const nodeFile = new URL("./child.ts", import.meta.url).pathname;
const pythonFile = new URL("./python_client.py", import.meta.url).pathname;

/** A contender in a process of its own, which prints a figure for each line that it reads. */
export class ContenderProcess implements Contender {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;

  static ofNode(load: string, name: string, url: string): ContenderProcess {
    return new ContenderProcess(name, process.execPath, [...process.execArgv, nodeFile, load, name, url]);
  }

  static ofPython(load: string, name: string, url: string): ContenderProcess {
    const { path, requests, inFlight, figure } = loads[load] as Load; // load is one of the keys
    return new ContenderProcess(
      name,
      "python3",
      [pythonFile, name, `${url}/${path}`, requests, inFlight, figure].map(String),
    );
  }

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface(this.#child.stdout);
  }

  async sample(): Promise<number> {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(this.#lines, "close", { signal }).then(() => {
      throw new Error(`${this.name} ended`);
    });
    const line = once(this.#lines, "line", { signal });
    this.#child.stdin.write("sample\n");
    try {
      const [figure] = await Promise.race([line, ended]);
      return Number(figure);
    } finally {
      answered.abort();
    }
  }

  /** Its input ends, and it with that. */
  end(): void {
    this.#child.stdin.end();
  }
}
