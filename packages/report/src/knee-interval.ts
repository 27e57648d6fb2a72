import { kneeOf } from "./knee-of-model.ts";
import { parameterCount, refit } from "./model-choice.ts";
import { seededRandom } from "./random.ts";
import { percentile } from "./statistics.ts";
import { modelThroughput, type ThroughputModel, type ThroughputPoint } from "./throughput-models.ts";

/** Two concurrencies between which the knee lies with a confidence of about 95 %. */
export interface KneeInterval {
  readonly low: number;
  readonly high: number;
}

const SAMPLES = 400;
const LOW_PERCENT = 2.5;

/**
 * Where the knee would lie, 19 times out of 20, had the errors of the levels fallen otherwise: the model is fitted again to
 * its own values with errors drawn from those that were seen. A sample without a knee counts as the end of the range.
 */
export function kneeInterval(
  model: ThroughputModel,
  points: readonly ThroughputPoint[],
  concurrency: number,
  seed: number,
): KneeInterval {
  const random = seededRandom(seed);
  const end = Math.floor(points.at(-1)?.inFlight ?? 1);
  const errors = inflatedErrors(model, points);
  const knees = Array.from({ length: SAMPLES }, () => {
    const sample = points.map(({ inFlight }) => {
      const error = errors[Math.floor(random() * errors.length)] ?? 0;
      return { inFlight, perSecond: modelThroughput(model, inFlight) * Math.exp(error) };
    });
    const again = refit(model.kind, sample);
    return (again && kneeOf(again, end)?.concurrency) ?? end;
  });
  // The knee itself is in the interval even where the errors are one-sided.
  return {
    low: Math.min(concurrency, Math.floor(percentile(knees, LOW_PERCENT))),
    high: Math.max(concurrency, Math.ceil(percentile(knees, 100 - LOW_PERCENT))),
  };
}

/** A fit comes closer to its own points than the truth does; the factor makes up for the parameters it took from them. */
function inflatedErrors(model: ThroughputModel, points: readonly ThroughputPoint[]): number[] {
  const degrees = Math.max(1, points.length - parameterCount(model));
  const factor = Math.sqrt(points.length / degrees);
  return points.map(
    ({ inFlight, perSecond }) => factor * Math.log(perSecond / modelThroughput(model, inFlight)),
  );
}
