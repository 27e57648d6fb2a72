import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DatabaseRow, DatabaseStats } from "@overlap/lab";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends one request and reads its JSON. */
export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Sends one `/add` and expects a row. */
export async function add(address: string, parameters: string, body?: string): Promise<DatabaseRow> {
  const init = body === undefined ? {} : { method: "POST", body };
  const answer = await ask(`${address}/add?${parameters}`, init);
  if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`);
  return answer.body as DatabaseRow;
}

/** All rows of the first page. */
export async function rowsOf(address: string, parameters = ""): Promise<DatabaseRow[]> {
  return (await ask(`${address}/rows?${parameters}`)).body as DatabaseRow[];
}

/** Asks again and again until the statistics are as wanted. */
export async function statsWhen(
  address: string,
  wanted: (stats: DatabaseStats) => boolean,
): Promise<DatabaseStats> {
  for (;;) {
    const stats = (await ask(`${address}/stats`)).body as DatabaseStats;
    if (wanted(stats)) return stats;
  }
}

/** The code in the body of a refusal. */
export function codeOf({ body }: Answer): string {
  return (body as { error: { code: string } }).error.code;
}

/** A connection that sends what it is given, as it is. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** Everything that arrives until the other side ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** A folder that goes away at the end of the scope. */
export function temporaryFolder(): Disposable & { file(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), "overlap-lab-test-"));
  return {
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Resolves when there is no such process any more. */
export async function processEnd(pid: number): Promise<void> {
  while (isRunning(pid)) await nextTurn();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // An orphan that nobody has reaped yet still has a number.
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
