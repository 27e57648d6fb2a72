/*
 * How fast the HTTP database answers, and whether it holds ten thousand requests at once.
 *
 * The client is this process and each server another one. The peer is a bare node:http server that answers a constant of
 * the same size and stores nothing: what any Node server costs on this machine today. Both run at the same time and are
 * loaded in turn, in rounds; the table gives medians with their range. Absolute figures depend on the machine and on what
 * else it does; compare the ratio to the peer.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type DatabaseStats, spawnDatabase } from "@overlap/lab";
import { Pool } from "undici";

/** The median of the rounds, and their range. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One load: the database, and the peer in the same rounds. CPU is of the server's process, in microseconds per answer. */
export interface DatabaseResult {
  readonly load: string;
  readonly connections: number;
  readonly rounds: number;
  readonly answersPerRound: number;
  readonly answersPerSecond: Spread;
  readonly peerAnswersPerSecond: Spread;
  readonly serverMicroseconds: Spread;
  readonly peerMicroseconds: Spread;
  /** CPU of the database over CPU of the peer, round by round. */
  readonly cpuRatio: Spread;
  readonly answersPerCommit: Spread;
}

/** Ten thousand requests, all in service at the same time. */
export interface HeldResult {
  readonly requests: number;
  readonly delayMs: number;
  readonly peakInFlight: number;
  readonly wallMs: number;
  readonly p99Ms: number;
}

interface Load {
  readonly name: string;
  readonly connections: number;
  readonly answers: number;
  readonly body?: string;
}

interface Round {
  readonly answersPerSecond: number;
  readonly serverMicroseconds: number;
  readonly commits: number;
}

const rounds = 7;

const loads: readonly Load[] = [
  { name: "GET", connections: 1, answers: 3_000 },
  { name: "GET", connections: 64, answers: 15_000 },
  { name: "GET", connections: 256, answers: 15_000 },
  { name: "POST 60 bytes", connections: 64, answers: 15_000, body: "x".repeat(60) },
];

/** Runs every load, prints the tables, and returns the figures. */
export async function bench(): Promise<{ zeroDelay: DatabaseResult[]; held: HeldResult[] }> {
  const zeroDelay: DatabaseResult[] = [];
  for (const load of loads) zeroDelay.push(await compare(load));
  console.log(`no delay, ${rounds} rounds: median [min, max]`);
  console.table(zeroDelay.map(toLine));
  const held = await measureHeld(10_000, 2_000);
  console.log("requests held at once, one run");
  console.table(held);
  return { zeroDelay, held };
}

async function compare(load: Load): Promise<DatabaseResult> {
  await using database = await spawnDatabase({ delayMs: 0 });
  await using peer = await spawnPeer();
  await using pool = closing(new Pool(database.address, { connections: load.connections, pipelining: 1 }));
  await using peerPool = closing(new Pool(peer.address, { connections: load.connections, pipelining: 1 }));
  for (const warm of [pool, peerPool]) await request(warm.value, { ...load, answers: 5_000 });
  const own: Round[] = [];
  const others: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    others.push(await measure(peerPool.value, peer.address, load));
    own.push(await measure(pool.value, database.address, load));
  }
  await checkRows(database.address, 5_000 + rounds * load.answers);
  return summarise(load, own, others);
}

async function checkRows(address: string, expected: number): Promise<void> {
  const { rows } = await readStats(address);
  if (rows !== expected) throw new Error(`expected ${expected} rows, found ${rows}`);
}

function summarise(load: Load, own: readonly Round[], others: readonly Round[]): DatabaseResult {
  const ratios = own.map(
    (round, index) => round.serverMicroseconds / (others[index]?.serverMicroseconds ?? Number.NaN),
  );
  return {
    load: load.name,
    connections: load.connections,
    rounds,
    answersPerRound: load.answers,
    answersPerSecond: spread(own.map((round) => round.answersPerSecond)),
    peerAnswersPerSecond: spread(others.map((round) => round.answersPerSecond)),
    serverMicroseconds: spread(own.map((round) => round.serverMicroseconds)),
    peerMicroseconds: spread(others.map((round) => round.serverMicroseconds)),
    cpuRatio: spread(ratios),
    answersPerCommit: spread(own.map((round) => load.answers / round.commits)),
  };
}

async function measure(pool: Pool, address: string, load: Load): Promise<Round> {
  const before = await readStats(address);
  const startMs = performance.now();
  await request(pool, load);
  const wallMs = performance.now() - startMs;
  const after = await readStats(address);
  return {
    answersPerSecond: (load.answers / wallMs) * 1_000,
    serverMicroseconds: ((after.cpuMs - before.cpuMs) * 1_000) / load.answers,
    commits: after.commits - before.commits,
  };
}

async function spawnPeer(): Promise<AsyncDisposable & { readonly address: string }> {
  const child = spawn(process.execPath, ["-e", peerSource], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return {
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The same ten thousand twice: once with all connections to open, once on open ones. */
async function measureHeld(requests: number, delayMs: number): Promise<HeldResult[]> {
  await using database = await spawnDatabase({ delayMs });
  await using pool = closing(new Pool(database.address, { connections: requests, pipelining: 1 }));
  const results: HeldResult[] = [];
  for (const name of ["opening connections", "open connections"]) {
    const startMs = performance.now();
    await request(pool.value, { name, connections: requests, answers: requests });
    const wallMs = Math.round(performance.now() - startMs);
    const { peakInFlight, latencyMs } = await readStats(database.address);
    results.push({ requests, delayMs, peakInFlight, wallMs, p99Ms: latencyMs.p99 ?? 0 });
  }
  return results;
}

/** A closed loop: as many in flight as there are connections, and a new one for each answer. */
function request(pool: Pool, { connections, answers, body }: Load): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const method = body === undefined ? "GET" : "POST";
  let started = 0;
  let ended = 0;
  const next = () => {
    if (started === answers) return;
    started += 1;
    pool.dispatch({ path: "/add?name=bench", method, body: body ?? null }, handler);
  };
  const handler = {
    onRequestStart: () => undefined,
    onResponseStart: (_controller: unknown, status: number) => {
      if (status !== 200) reject(new Error(`expected 200, got ${status}`));
    },
    onResponseData: () => undefined,
    onResponseEnd: () => {
      ended += 1;
      if (ended === answers) resolve();
      else next();
    },
    onResponseError: (_controller: unknown, error: Error) => reject(error),
  };
  for (let first = 0; first < connections; first += 1) next();
  return promise;
}

async function readStats(address: string): Promise<DatabaseStats> {
  const answer = await fetch(`${address}/stats`);
  return (await answer.json()) as DatabaseStats;
}

function closing(value: Pool): AsyncDisposable & { readonly value: Pool } {
  return { value, [Symbol.asyncDispose]: () => value.destroy() };
}

/** Of an odd number of rounds. */
function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at((sorted.length - 1) / 2), min: at(0), max: at(sorted.length - 1) };
}

function toLine(result: DatabaseResult): Record<string, string | number> {
  return {
    load: result.load,
    connections: result.connections,
    "answers/s": format(result.answersPerSecond, 0),
    "node:http answers/s": format(result.peerAnswersPerSecond, 0),
    "server CPU µs": format(result.serverMicroseconds, 1),
    "node:http CPU µs": format(result.peerMicroseconds, 1),
    "CPU ratio": format(result.cpuRatio, 2),
    "answers/commit": format(result.answersPerCommit, 0),
  };
}

function format({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}, ${max.toFixed(digits)}]`;
}

const peerSource = `
  const body = JSON.stringify({ id: 123456, name: "bench", value: "abcdefghij", time: 1753776000000 });
  const server = require("node:http").createServer((request, response) => {
    const { user, system } = process.cpuUsage();
    const stats = request.url === "/stats";
    const answer = stats ? JSON.stringify({ cpuMs: (user + system) / 1000, commits: 0, served: 0 }) : body;
    request.resume();
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
  });
  process.once("disconnect", () => process.exit());
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
`;
