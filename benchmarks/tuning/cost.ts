import { Session } from "@overlap/http";
import { AutoLimiter, FixedLimiter, type Limiter, type Slot } from "@overlap/policy";
import { startServer } from "../http/server.ts";

const [rounds, slots, slotsPerRound, requestsPerRound] = [9, 100, 500_000, 5_000];

/** What self-tuning costs, in microseconds of CPU; medians of interleaved rounds. */
export interface Cost {
  /** A slot taken and given back. */
  readonly fixedUs: number;
  readonly autoUs: number;
  /** A small GET of a session with a fixed limit. */
  readonly requestUs: number;
}

export async function measureCost(): Promise<Cost> {
  const server = await startServer();
  const taken = { fixed: [] as number[], auto: [] as number[], request: [] as number[] };
  try {
    for (let round = 0; round <= rounds; round++) {
      const fixed = slotUs(new FixedLimiter(slots));
      const auto = slotUs(new AutoLimiter({ min: slots, max: slots }));
      const request = await requestUs(server.url);
      if (round === 0) continue; // warm-up
      taken.fixed.push(fixed);
      taken.auto.push(auto);
      taken.request.push(request);
    }
  } finally {
    server.end();
  }
  return { fixedUs: median(taken.fixed), autoUs: median(taken.auto), requestUs: median(taken.request) };
}

function slotUs(limiter: Limiter): number {
  const held = Array.from({ length: slots }, () => limiter.tryAcquire() as Slot); // as many are free
  const startUs = cpuUs();
  for (let i = 0; i < slotsPerRound; i++) {
    held[i % slots]?.release("ok");
    held[i % slots] = limiter.tryAcquire() as Slot; // one has just been given back
  }
  return (cpuUs() - startUs) / slotsPerRound;
}

async function requestUs(url: string): Promise<number> {
  await using session = new Session({ limit: slots });
  const urls = Array.from({ length: requestsPerRound }, () => `${url}/fast/tuning`);
  const startUs = cpuUs();
  await Promise.all(urls.map((one) => session.get(one)));
  return (cpuUs() - startUs) / requestsPerRound;
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number; // never empty
}
