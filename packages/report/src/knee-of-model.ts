import { modelThroughput, type ThroughputModel } from "./throughput-models.ts";

/** Where a curve has as good as all its throughput. */
interface ModelKnee {
  readonly concurrency: number;
  readonly mostPerSecond: number;
}

const NEARLY_ALL = 0.95;
/** A knee this close to the end of the range is only the end of the range. */
const ROOM_BEYOND = 1.25;

/** The smallest concurrency with 95 % of the greatest throughput up to `end`, if there is room to see it beyond that. */
export function kneeOf(model: ThroughputModel, end: number): ModelKnee | undefined {
  if (model.kind === "linear") return undefined;
  const last = Math.floor(end);
  const top = model.kind === "scalability" ? Math.min(end, model.peakInFlight) : end;
  const mostPerSecond = modelThroughput(model, Math.max(1, top));
  const concurrency = smallestReaching(model, NEARLY_ALL * mostPerSecond, Math.min(last, Math.ceil(top)));
  return concurrency * ROOM_BEYOND <= end ? { concurrency, mostPerSecond } : undefined;
}

/** Both curves grow up to `last`, so halving finds it. */
function smallestReaching(model: ThroughputModel, perSecond: number, last: number): number {
  let [low, high] = [1, Math.max(1, last)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (modelThroughput(model, middle) >= perSecond) high = middle;
    else low = middle + 1;
  }
  return high;
}
