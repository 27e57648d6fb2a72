import {
  fitCap,
  fitLinear,
  fitScalability,
  squaredLogError,
  type ThroughputModel,
  type ThroughputPoint,
} from "./throughput-models.ts";

/** A model and what speaks for it. */
interface Candidate {
  readonly model: ThroughputModel;
  readonly aicc: number;
}

/** No throughput here is measured better than to half a percent: smaller errors say nothing about a model. */
const LEAST_ERROR = 0.005;
/** A more elaborate model has to be better by that; Burnham and Anderson, §2.6, call less "substantial support" for both. */
const SUBSTANTIAL = 2;

/**
 * The model that explains the levels best for the parameters it needs: least AICc, Akaike's criterion corrected for
 * small samples, n·ln(RSS/n) + 2k + 2k(k+1)/(n−k−1). Of two that it hardly tells apart, the simpler. Burnham and
 * Anderson, "Model Selection and Multimodel Inference", 2nd edition (2002), §2.4.
 */
export function chooseModel(points: readonly ThroughputPoint[]): ThroughputModel {
  const linear = fitLinear(points);
  const candidates = [linear, fitCap(points), fitScalability(points)]
    .filter((model) => model !== undefined)
    .map((model): Candidate => ({ model, aicc: correctedAkaike(model, points) }));
  const least = Math.min(...candidates.map(({ aicc }) => aicc));
  return candidates.find(({ aicc }) => aicc <= least + SUBSTANTIAL)?.model ?? linear;
}

/** Fits the same kind of model to other points; `undefined` when they don't determine it. */
export function refit(
  kind: ThroughputModel["kind"],
  points: readonly ThroughputPoint[],
): ThroughputModel | undefined {
  if (kind === "linear") return fitLinear(points);
  return kind === "cap" ? fitCap(points) : fitScalability(points);
}

function correctedAkaike(model: ThroughputModel, points: readonly ThroughputPoint[]): number {
  const n = points.length;
  // The variance of the errors is estimated too, so it counts.
  const k = parameterCount(model) + 1;
  if (n - k - 1 <= 0) return Number.POSITIVE_INFINITY;
  const meanSquare = Math.max(squaredLogError(model, points) / n, LEAST_ERROR ** 2);
  return n * Math.log(meanSquare) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}

/** How many numbers a model took from the data. */
export function parameterCount(model: ThroughputModel): number {
  if (model.kind === "linear") return 1;
  if (model.kind === "cap") return 2;
  return 1 + Number(model.sigma > 0) + Number(model.kappa > 0);
}
