import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { Session, type TraceSink } from "@overlap/http";
import { Agent, type Dispatcher } from "undici";

const REQUESTS = 20_000;
const ROUNDS = 5;
const IN_FLIGHT = 100;

/** Sends one request and calls `onDone` when the answer is complete. */
type Send = (origin: string, path: string, onDone: () => void) => void;

interface Contender {
  readonly send: Send;
  close(): Promise<void>;
}

/** What a request costs: a session beside the bare dispatch that it is built on. */
const contenders: Readonly<Record<string, () => Contender>> = {
  "bare Agent.dispatch": dispatchBare,
  "session, deadlines": () => useSession(new Session({ limit: IN_FLIGHT })),
  "session, deadlines and trace": () =>
    useSession(new Session({ limit: IN_FLIGHT, trace: new CountingTrace() })),
};

/** Prints CPU microseconds per small GET at 100 in flight (best of interleaved rounds) and the ratio to bare dispatch. */
export async function bench(): Promise<void> {
  const server = await startServer();
  const best = new Map<string, number>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, create] of Object.entries(contenders)) {
        const contender = create();
        best.set(
          name,
          Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, await cpuEachUs(contender.send, server.url)),
        );
        await contender.close();
      }
    }
  } finally {
    server.end();
  }
  const bare = best.get("bare Agent.dispatch") ?? Number.NaN;
  for (const [name, us] of best) {
    console.log(
      `${name.padEnd(32)} ${us.toFixed(1).padStart(6)} µs CPU a GET  ${(us / bare).toFixed(2).padStart(5)} ×`,
    );
  }
}

/** Of this process; the server is another. */
async function cpuEachUs(send: Send, url: string): Promise<number> {
  await sendMany(send, url, IN_FLIGHT * 10);
  const before = process.cpuUsage();
  await sendMany(send, url, REQUESTS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

function sendMany(send: Send, url: string, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let started = 0;
  let ended = 0;
  const next = () => {
    if (started < count) send(url, `/items/${started++}`, onDone);
  };
  const onDone = () => {
    if (++ended === count) resolve();
    else next();
  };
  for (let i = 0; i < IN_FLIGHT; i++) next();
  return promise;
}

function dispatchBare(): Contender {
  const agent = new Agent({ connections: IN_FLIGHT, headersTimeout: 0, bodyTimeout: 0 });
  const send: Send = (origin, path, onDone) => {
    agent.dispatch({ origin, path, method: "GET" }, new Collector(onDone));
  };
  return { send, close: () => agent.destroy() };
}

/** Does with an answer the least that can be called an answer. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #onDone: () => void;
  #body: Buffer | null = null;

  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  onRequestStart(): void {}
  onResponseStart(): void {}

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#body = this.#body === null ? chunk : Buffer.concat([this.#body, chunk]);
  }

  onResponseEnd(): void {
    this.#onDone();
  }

  onResponseError(_: unknown, error: Error): void {
    throw error;
  }
}

function useSession(session: Session): Contender {
  const send: Send = (origin, path, onDone) => {
    session.get(origin + path).addDoneCallback((done) => {
      done.result();
      onDone();
    });
  };
  return { send, close: async () => session.close() };
}

/** As dear as a trace that writes into typed arrays. */
class CountingTrace implements TraceSink {
  #next = 0;
  readonly #times = new Float64Array(2 ** 16);

  now(): number {
    return performance.timeOrigin + performance.now();
  }

  span(_lane: string, _kind: string, _label: string, startMs: number, endMs: number): void {
    this.#times[this.#next++ & 0xffff] = startMs;
    this.#times[this.#next++ & 0xffff] = endMs;
  }
}

async function startServer(): Promise<{ readonly url: string; end(): void }> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, "serve"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [url] = await once(child.stdout, "data");
  return { url: String(url).trim(), end: () => child.kill() };
}

/** Ends with the process that reads from it, whatever ends that. */
function serve(): void {
  const body = "x".repeat(100);
  const server = createServer((_request, response) => response.end(body));
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") console.log(`http://127.0.0.1:${address.port}`);
  });
  process.stdin.on("end", () => process.exit()).resume();
}

if (process.argv[1] === import.meta.filename && process.argv[2] === "serve") serve();
