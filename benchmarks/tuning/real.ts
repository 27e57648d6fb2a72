import { Session } from "@overlap/http";
import { type DatabaseOptions, spawnDatabase } from "@overlap/lab";
import { AutoLimiter, type Decision, type Limiter } from "@overlap/policy";

/** A real server, the fixed levels that it is swept with, and how long each run takes. */
interface RealServer {
  readonly name: string;
  readonly options: DatabaseOptions;
  readonly levels: readonly number[];
}

const servers: readonly RealServer[] = [
  { name: "capacity 64", options: { delayMs: 100, capacity: 64 }, levels: [16, 32, 64, 96, 128, 256] },
  {
    name: "rate 300, rejecting",
    options: { delayMs: 100, ratePerSecond: 300, reject: true },
    levels: [1, 4, 8, 16, 32, 64],
  },
  { name: "unlimited, jitter", options: { delayMs: 100, jitterMs: 50 }, levels: [64, 128, 256, 500, 1_000] },
];

const [autoMs, levelMs] = [16_000, 4_000];

/** What self-tuning and the best fixed level did on one real server, in the second half of each run. */
export interface RealResult {
  readonly server: string;
  readonly perSecond: number;
  /** The limit at the end. */
  readonly limit: number;
  readonly refusedPerSecond: number;
  readonly bestPerSecond: number;
  readonly bestLevel: number;
  readonly decisions: readonly Decision[];
}

/** Each server in a process of its own; self-tuning first, then the levels, one after the other. */
export async function* measureReal(): AsyncGenerator<RealResult> {
  for (const server of servers) {
    const decisions: Decision[] = [];
    const limiter = new AutoLimiter({ onDecision: (decision) => decisions.push(decision) });
    const tuned = await load(server.options, limiter, autoMs);
    let best = { perSecond: 0, level: 0 };
    for (const level of server.levels) {
      const { perSecond } = await load(server.options, level, levelMs);
      if (perSecond > best.perSecond) best = { perSecond, level };
    }
    yield {
      server: server.name,
      ...tuned,
      limit: limiter.limit,
      bestPerSecond: best.perSecond,
      bestLevel: best.level,
      decisions,
    };
  }
}

interface Load {
  readonly perSecond: number;
  readonly refusedPerSecond: number;
}

/** As many requests as the limit lets through, for so long; counted in the second half. */
async function load(options: DatabaseOptions, limit: number | Limiter, forMs: number): Promise<Load> {
  await using database = await spawnDatabase(options);
  await using session = new Session({ limit });
  const startMs = performance.now();
  let [done, refused] = [0, 0];
  for await (const outcome of session.fetchMany(urls(database.address, startMs + forMs))) {
    const nowMs = performance.now() - startMs;
    if (nowMs > forMs) break; // what was refused may have to wait for longer than that
    if (nowMs < forMs / 2 || !outcome.ok) continue;
    if (outcome.response.status < 300) done++;
    else refused++;
  }
  const seconds = forMs / 2_000;
  return { perSecond: done / seconds, refusedPerSecond: refused / seconds };
}

function* urls(address: string, untilMs: number): Generator<string> {
  while (performance.now() < untilMs) yield `${address}/add?name=tuning`;
}
