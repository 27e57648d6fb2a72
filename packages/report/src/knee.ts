import { type KneeInterval, kneeInterval } from "./knee-interval.ts";
import { kneeOf } from "./knee-of-model.ts";
import { type DroppedLevel, goodPerSecond, type LoadLevel, usableLevels } from "./load-level.ts";
import { chooseModel } from "./model-choice.ts";
import { modelThroughput, type ThroughputModel, type ThroughputPoint } from "./throughput-models.ts";

/** Beyond `concurrency`, more in flight bring less than 5 % more. */
export interface KneeFound {
  readonly found: "knee";
  /** The smallest concurrency with at least 95 % of the greatest throughput expected in the range tested. */
  readonly concurrency: number;
  readonly interval: KneeInterval;
  /** Requests a second expected there, to be confirmed by a run ({@link confirmKnee}). */
  readonly perSecond: number;
  /** The greatest throughput expected in the range tested, in requests a second. */
  readonly mostPerSecond: number;
}

/** Throughput still grows at the end of the range tested. */
export interface NoKnee {
  readonly found: "none";
  /** The most requests that were in flight in a level that counts, rounded. */
  readonly upTo: number;
}

/** Too little was measured to say anything. */
export interface TooFew {
  readonly found: "too-few";
  /** What is missing, and what to do. */
  readonly reason: string;
}

/** Where throughput stops growing with concurrency, and what that rests on. */
export interface KneeAnalysis {
  readonly answer: KneeFound | NoKnee | TooFew;
  /** The curve that explains the levels best; left out when there are too few. */
  readonly model?: ThroughputModel;
  /** The levels that count. */
  readonly points: readonly ThroughputPoint[];
  /** The levels that don't. */
  readonly dropped: readonly DroppedLevel[];
}

/** How {@link findKnee} draws the samples for its interval. */
export interface KneeOptions {
  /**
   * Seed of the samples; an integer.
   * @default 1
   */
  readonly seed?: number;
}

const FEWEST_LEVELS = 4;

/**
 * Finds the concurrency beyond which more in flight bring nothing worth having, from throughput at several levels.
 *
 * Levels with more than 1 % of errors are left out. Three models are fitted to the rest: throughput grows in proportion,
 * it does so up to a cap, or it follows the Universal Scalability Law; the best by AICc is taken. The answer is the
 * smallest concurrency with at least 95 % of the greatest throughput that this model expects within the range tested. When
 * that is near the end of the range, throughput still grows there, and the answer is that no knee was found.
 *
 * The interval comes from 400 samples with the errors of the fit drawn anew: Efron and Tibshirani, "An Introduction to the
 * Bootstrap" (1993), §9.4. Levels may come in any order, and several times each.
 *
 * @throws {@link ReportArgumentError} for a level that can't be: no requests, no time
 *
 * @example
 * ```ts
 * const levels = [1, 8, 32, 64, 128, 256].map((concurrency) => ({
 *   concurrency, requests: 20_000, wallMs: 20_000_000 / Math.min(10 * concurrency, 640),
 * }));
 * findKnee(levels).answer; // { found: "knee", concurrency: 61, … }
 * ```
 */
export function findKnee(levels: Iterable<LoadLevel>, { seed = 1 }: KneeOptions = {}): KneeAnalysis {
  const { points, dropped } = usableLevels(levels);
  const different = new Set(points.map(({ inFlight }) => inFlight)).size;
  if (different < FEWEST_LEVELS)
    return { answer: { found: "too-few", reason: whatIsMissing(different, dropped) }, points, dropped };
  const model = chooseModel(points);
  return { answer: answerOf(model, points, seed), model, points, dropped };
}

function answerOf(
  model: ThroughputModel,
  points: readonly ThroughputPoint[],
  seed: number,
): KneeFound | NoKnee {
  const end = points.at(-1)?.inFlight ?? 1;
  const knee = kneeOf(model, end);
  if (knee === undefined) return { found: "none", upTo: Math.round(end) };
  return {
    found: "knee",
    concurrency: knee.concurrency,
    interval: kneeInterval(model, points, knee.concurrency, seed),
    perSecond: modelThroughput(model, knee.concurrency),
    mostPerSecond: knee.mostPerSecond,
  };
}

function whatIsMissing(different: number, dropped: readonly DroppedLevel[]): string {
  const failed = dropped.filter(({ reason }) => reason === "errors").length;
  const short = dropped.length - failed;
  const reasons = [
    `${different} of at least ${FEWEST_LEVELS} levels can be used`,
    ...(failed > 0 ? [`${failed} had more than 1 % of errors`] : []),
    ...(short > 0 ? [`${short} had fewer than 50 requests for each in flight`] : []),
  ];
  return `${reasons.join("; ")}.`;
}

/** What the confirmation run of a knee came to. */
export interface KneeConfirmation {
  /** True when the run brought at least 90 % of what was expected, with at most 1 % of errors. */
  readonly confirmed: boolean;
  /** Requests a second measured. */
  readonly perSecond: number;
  /** What was measured, against what was expected. */
  readonly ratio: number;
}

const CONFIRMED = 0.9;
const MOST_FAILED = 0.01;

/** Holds a run at the named concurrency against what the fit expected of it. */
export function confirmKnee(knee: KneeFound, level: LoadLevel): KneeConfirmation {
  const perSecond = goodPerSecond(level);
  const ratio = perSecond / knee.perSecond;
  return {
    confirmed: ratio >= CONFIRMED && (level.failed ?? 0) <= level.requests * MOST_FAILED,
    perSecond,
    ratio,
  };
}
