import { formatCount } from "../format.ts";
import type { KneeAnalysis } from "../knee.ts";
import { modelThroughput, type ThroughputModel } from "../throughput-models.ts";
import type { Line, LineFigure } from "./model.ts";

const CURVE_POINTS = 60;

/**
 * Throughput against requests in flight: what was measured, the curve that explains it best, and the knee with its interval.
 *
 * @example
 * ```ts
 * renderPage({ …, lines: [kneeFigure(findKnee(levels))] });
 * ```
 */
export function kneeFigure({ answer, model, points }: KneeAnalysis): LineFigure {
  const measured: Line = {
    name: "measured",
    points: points.map(({ inFlight, perSecond }) => ({ x: inFlight, y: perSecond })),
  };
  const mark = answer.found === "knee" && { label: "knee", x: answer.concurrency, ...answer.interval };
  return {
    title: "Throughput against concurrency",
    description: describe(answer),
    x: { label: "requests in flight", log: true, format: (count) => formatCount(Math.round(count)) },
    y: { label: "requests per second", log: true, format: formatCount },
    lines: model === undefined ? [measured] : [measured, fitted(model, measured)],
    ...(mark && { mark }),
  };
}

function fitted(model: ThroughputModel, { points }: Line): Line {
  const [first, last] = [points[0]?.x ?? 1, points.at(-1)?.x ?? 1];
  const ratio = (last / first) ** (1 / (CURVE_POINTS - 1));
  const xs = Array.from({ length: CURVE_POINTS }, (_, at) => first * ratio ** at);
  return {
    name: NAMES[model.kind],
    style: "curve",
    points: xs.map((x) => ({ x, y: modelThroughput(model, x) })),
  };
}

const NAMES: Readonly<Record<ThroughputModel["kind"], string>> = {
  linear: "fitted: in proportion",
  cap: "fitted: in proportion, up to a cap",
  scalability: "fitted: Universal Scalability Law",
};

function describe(answer: KneeAnalysis["answer"]): string {
  if (answer.found === "too-few") return `Too few requests to judge: ${answer.reason}`;
  if (answer.found === "none")
    return `No knee up to ${formatCount(answer.upTo)} in flight: throughput still grows there.`;
  const { concurrency, interval, mostPerSecond } = answer;
  return `The knee is at ${formatCount(concurrency)} (${formatCount(interval.low)} to ${formatCount(interval.high)}): beyond it, more in flight bring less than 5 % more of at most ${formatCount(mostPerSecond)} a second.`;
}
