import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** What is killed, and how often. */
export interface KillOptions {
  /** Starts the program: it prints a line "opening", and then "working", and ends with code 0 when all is done. */
  readonly start: () => ChildProcess;
  readonly kills: number;
  /** Milliseconds that a life may last after the line that it waits for. */
  readonly mostLifeMs: number;
  readonly random: () => number;
}

/** Of so many lives one is killed while the program opens what it works with. */
const openingShare = 1 / 8;

/** Starts the program again and again, kills it with SIGKILL at random moments, and lets the last life end by itself; gives the kills. */
export async function killUntilDone({ start, kills, mostLifeMs, random }: KillOptions): Promise<number> {
  for (let killed = 0; ; ) {
    const child = start();
    const ended = once(child, "close") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
    const errors = textOf(child.stderr);
    if (killed < kills) {
      const line = random() < openingShare ? "opening" : "working";
      await killAfter(child, line, random() * mostLifeMs);
    } else child.stdout?.resume();
    const [code, signal] = await ended;
    if (signal === "SIGKILL") killed++;
    else if (code !== 0) throw new Error(`the program ended with ${code ?? signal}: ${await errors}`);
    else return killed;
  }
}

/** Done when the program has printed the line and lived so long, or has ended. */
async function killAfter(child: ChildProcess, line: string, lifeMs: number): Promise<void> {
  let text = "";
  for await (const piece of child.stdout as Readable) {
    // a pipe, as start() is asked for
    const seen = text.includes(line);
    text += String(piece);
    if (!seen && text.includes(line)) setTimeout(() => child.kill("SIGKILL"), lifeMs);
  }
}

async function textOf(stream: Readable | null): Promise<string> {
  let text = "";
  for await (const piece of stream ?? []) text += String(piece);
  return text;
}
