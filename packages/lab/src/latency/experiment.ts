import { setImmediate as turn } from "node:timers/promises";
import { median } from "@overlap/report";
import { type CacheSizes, cacheSizes, cpuGigahertz } from "./machine.ts";
import { type LatencyOptions, resolveLatencyOptions } from "./options.ts";
import { latencySubjects } from "./subjects.ts";

/** How long one thing takes. */
export interface LatencyRow {
  readonly name: string;
  /** The median of the samples. */
  readonly ns: number;
  readonly leastNs: number;
  readonly samples: number;
  /** In cycles of the CPU; left out where the system does not say how fast it is. */
  readonly cycles?: number;
}

/** Something that could not be measured, and why. */
interface NotMeasured {
  readonly name: string;
  readonly reason: string;
}

/** What the experiment found. */
export interface LatencyResult {
  readonly rows: readonly LatencyRow[];
  readonly notMeasured: readonly NotMeasured[];
  readonly caches: CacheSizes;
  /** Cycles per nanosecond; left out where the system does not say. */
  readonly gigahertz?: number;
}

/**
 * Measures how long this machine takes to read from its caches, its memory, its disk, and to reach a thread and itself through the
 * network (S15). What cannot be measured is named, with the reason.
 *
 * @throws OptionError; `signal.reason`.
 */
export async function runLatency(options: LatencyOptions = {}): Promise<LatencyResult> {
  const resolved = resolveLatencyOptions(options);
  const caches = cacheSizes();
  const gigahertz = cpuGigahertz();
  const subjects = latencySubjects(caches);
  const rows: LatencyRow[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const [index, subject] of subjects.entries()) {
    await turn(); // between two measurements a signal is heard
    resolved.signal?.throwIfAborted();
    resolved.onProgress?.({ strategy: subject.name, done: index, items: subjects.length });
    try {
      const figures = await subject.measure(resolved);
      for (const [at, samples] of figures.entries())
        rows.push(toRow(subject.figures[at] ?? subject.name, samples, gigahertz));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      notMeasured.push(...subject.figures.map((name) => ({ name, reason })));
    }
  }
  return { rows, notMeasured, caches, ...(gigahertz !== undefined && { gigahertz }) };
}

function toRow(name: string, samples: readonly number[], gigahertz: number | undefined): LatencyRow {
  const ns = median(samples);
  return {
    name,
    ns,
    leastNs: Math.min(...samples),
    samples: samples.length,
    ...(gigahertz !== undefined && { cycles: ns * gigahertz }),
  };
}
