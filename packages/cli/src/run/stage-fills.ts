import type { EndedRun } from "./job-run.ts";

/** A stage with a limit, and how much of it was in use on average. */
export interface StageFill {
  readonly name: string;
  readonly kind: string;
  readonly limit: number;
  /** Calls in flight, or threads that computed. */
  readonly mean: number;
}

/** The stages with a limit, the fullest first. From the spans; where the trace kept a sample of them, that is scaled up. */
export function stageFills({ trace, declared, times }: EndedRun): StageFill[] {
  const totalMs = new Map<string, number>();
  let kept = 0;
  for (const { lane, kind, startMs, endMs } of trace.spans()) {
    if (kind !== "queue") totalMs.set(lane, (totalMs.get(lane) ?? 0) + endMs - startMs);
    kept++;
  }
  const scale = kept === 0 ? 1 : (kept + trace.dropped) / kept;
  const fills = declared.flatMap(({ name, kind, limit }) =>
    limit === null ? [] : [{ name, kind, limit, mean: ((totalMs.get(name) ?? 0) * scale) / times.wallMs }],
  );
  return fills.toSorted((a, b) => filled(b) - filled(a));
}

/** Share of its limit that was in use. */
export function filled({ mean, limit }: StageFill): number {
  return mean / limit;
}
