import type { ServerModel } from "./servers.ts";
import { fixedContender, Simulation, type Timeline } from "./simulate.ts";

/** The fixed limits against which self-tuning is judged. */
const sweepLimits: readonly number[] = [
  1, 2, 4, 6, 9, 13, 20, 30, 44, 66, 100, 150, 220, 330, 500, 750, 1_000,
];

/** What fixed limits reach on a server. */
export interface Sweep {
  /** Done per second in the second half, by the best of them. */
  readonly bestPerSecond: number;
  readonly bestLimit: number;
  /** The same for each part of the run in which the server is the same. */
  readonly parts: readonly Part[];
}

/** What fixed limits reach as long as the server doesn't change. */
export interface Part {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Done per second in the second half of the part, by the best. */
  readonly bestPerSecond: number;
  /** The smallest limit that reaches 98 % of it. */
  readonly kneeLimit: number;
  /** Mean latency at the smallest that reaches 90 % of it. */
  readonly roundTripMs: number;
}

interface Tried {
  readonly limit: number;
  readonly timeline: Timeline;
  readonly perSecond: number;
}

/** Tries all fixed limits, upwards, until three in a row have brought nothing more. */
export function sweep(model: ServerModel, seed: number): Sweep {
  const tried: Tried[] = [];
  for (const limit of sweepLimits) {
    const timeline = new Simulation(model, seed, () => fixedContender(limit)).run();
    const perSecond = perSecondIn(timeline, model.durationMs / 2, model.durationMs);
    tried.push({ limit, timeline, perSecond });
    if (isOver(tried.map((one) => one.perSecond))) break;
  }
  const best = tried.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const borders = [0, ...(model.changesMs ?? []), model.durationMs];
  const parts = borders.slice(1).map((untilMs, i) => partOf(tried, borders[i] ?? 0, untilMs));
  return { bestPerSecond: best.perSecond, bestLimit: best.limit, parts };
}

/** Done per second. */
export function perSecondIn({ done, binMs }: Timeline, fromMs: number, untilMs: number): number {
  return (sumIn(done, fromMs / binMs, untilMs / binMs) * 1_000) / (untilMs - fromMs);
}

function partOf(tried: readonly Tried[], fromMs: number, untilMs: number): Part {
  const middleMs = (fromMs + untilMs) / 2;
  const rates = tried.map(({ timeline }) => perSecondIn(timeline, middleMs, untilMs));
  const bestPerSecond = Math.max(...rates);
  const reaching = (share: number) =>
    tried[rates.findIndex((perSecond) => perSecond >= share * bestPerSecond)] as Tried; // the best does
  const { done, latencyMs, binMs } = reaching(0.9).timeline;
  const [from, until] = [middleMs / binMs, untilMs / binMs];
  const roundTripMs = sumIn(latencyMs, from, until) / sumIn(done, from, until);
  return { fromMs, untilMs, bestPerSecond, kneeLimit: reaching(0.98).limit, roundTripMs };
}

/** The last three are no better than the best before them. */
function isOver(perSecond: readonly number[]): boolean {
  if (perSecond.length <= 3) return false;
  const before = Math.max(...perSecond.slice(0, -3));
  return perSecond.slice(-3).every((one) => one <= before * 1.002);
}

function sumIn(bins: Float64Array, from: number, until: number): number {
  return bins.subarray(Math.floor(from), Math.floor(until)).reduce((a, b) => a + b, 0);
}
