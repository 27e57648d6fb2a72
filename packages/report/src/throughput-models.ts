import { nonNegativeLeastSquares } from "./least-squares.ts";

/** Throughput measured with so many in flight. */
export interface ThroughputPoint {
  /** Requests in flight; above 0. */
  readonly inFlight: number;
  /** Completed requests a second; above 0. */
  readonly perSecond: number;
}

/** A curve of throughput against requests in flight, and what it rests on. */
export type ThroughputModel = LinearModel | CapModel | ScalabilityModel;

/** X = λN: twice as many in flight bring twice as much. */
export interface LinearModel {
  readonly kind: "linear";
  /** Requests a second that one in flight brings. */
  readonly lambda: number;
}

/** X = min(λN, C): so much and no more. */
export interface CapModel {
  readonly kind: "cap";
  readonly lambda: number;
  /** Most requests a second. */
  readonly perSecond: number;
}

/**
 * The Universal Scalability Law, X = λN / (1 + σ(N−1) + κN(N−1)): what is shared makes them wait for each other (σ), and
 * keeping them in agreement costs each more the more there are (κ), so that beyond a peak more bring less. Gunther,
 * "Guerrilla Capacity Planning" (2007), chapters 4–6.
 */
export interface ScalabilityModel {
  readonly kind: "scalability";
  readonly lambda: number;
  readonly sigma: number;
  readonly kappa: number;
  /** Where throughput is greatest, N* = √((1−σ)/κ); `Infinity` when it only ever grows. */
  readonly peakInFlight: number;
}

/** Requests a second that the model expects with `inFlight` in flight. */
export function modelThroughput(model: ThroughputModel, inFlight: number): number {
  const linear = model.lambda * inFlight;
  if (model.kind === "linear") return linear;
  if (model.kind === "cap") return Math.min(linear, model.perSecond);
  return linear / (1 + model.sigma * (inFlight - 1) + model.kappa * inFlight * (inFlight - 1));
}

/** The straight line with the least relative error. */
export function fitLinear(points: readonly ThroughputPoint[]): LinearModel {
  return { kind: "linear", lambda: Math.exp(mean(points.map((point) => logGain(point)))) };
}

/** The line with a cap that has the least relative error: every split of the levels into below and above is tried. */
export function fitCap(points: readonly ThroughputPoint[]): CapModel | undefined {
  const sorted = points.toSorted((a, b) => a.inFlight - b.inFlight);
  const models = sorted.slice(1).map((_, at): CapModel => {
    const lambda = Math.exp(mean(sorted.slice(0, at + 1).map((point) => logGain(point))));
    const perSecond = Math.exp(mean(sorted.slice(at + 1).map((point) => Math.log(point.perSecond))));
    return { kind: "cap", lambda, perSecond };
  });
  return models.toSorted((a, b) => squaredLogError(a, points) - squaredLogError(b, points))[0];
}

/**
 * Fits the Universal Scalability Law by linear least squares on N/X = a + b(N−1) + cN(N−1), weighted by (X/N)² so that
 * every level counts by its relative error; then λ = 1/a, σ = b/a, κ = c/a. None of the three is let below 0.
 *
 * @returns `undefined` when the levels don't determine it
 *
 * @example
 * ```ts
 * const levels = [1, 10, 100].map((inFlight) => ({ inFlight, perSecond: (10 * inFlight) / (1 + 0.02 * (inFlight - 1)) }));
 * fitScalability(levels); // { kind: "scalability", lambda: 10, sigma: 0.02, kappa: 0, peakInFlight: Infinity }
 * ```
 */
export function fitScalability(points: readonly ThroughputPoint[]): ScalabilityModel | undefined {
  const coefficients = nonNegativeLeastSquares(
    points.map(({ inFlight, perSecond }) => ({
      terms: [1, inFlight - 1, inFlight * (inFlight - 1)],
      target: inFlight / perSecond,
      weight: (perSecond / inFlight) ** 2,
    })),
  );
  const [a = 0, b = 0, c = 0] = coefficients ?? [];
  if (a <= 0) return undefined;
  const [sigma, kappa] = [b / a, c / a];
  const peakInFlight = kappa === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, 1 - sigma) / kappa);
  return { kind: "scalability", lambda: 1 / a, sigma, kappa, peakInFlight };
}

/** Σ (ln measured − ln expected)²: for small errors, the squares of the relative ones. */
export function squaredLogError(model: ThroughputModel, points: readonly ThroughputPoint[]): number {
  return points.reduce((sum, point) => {
    return sum + (Math.log(point.perSecond) - Math.log(modelThroughput(model, point.inFlight))) ** 2;
  }, 0);
}

function logGain({ inFlight, perSecond }: ThroughputPoint): number {
  return Math.log(perSecond / inFlight);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
