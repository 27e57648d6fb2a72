import type { RecordedRun, RunRecord } from "@overlap/report";
import { Trace } from "@overlap/trace";

const STARTED_MS = 1_700_000_000_000;

/** A run of `items` requests of 100 ms, `atOnce` at a time; nothing in it depends on time or chance. */
export function recordedRun(
  name: string,
  items: number,
  atOnce: number,
  changes: Partial<RunRecord> = {},
): RecordedRun {
  const trace = new Trace();
  for (let i = 0; i < items; i++) {
    const startMs = STARTED_MS + (i * 100) / atOnce;
    trace.span("fetch", "io", `/items/${i}`, startMs, startMs + 100, i !== 7);
  }
  const wallMs = ((items - 1) * 100) / atOnce + 100;
  const times = {
    startMs: STARTED_MS,
    wallMs,
    activeMs: wallMs * 0.3,
    idleMs: wallMs * 0.7,
    mainCpuMs: wallMs * 0.2,
    processCpuMs: wallMs * 0.35,
    gcMs: 0,
    coreWaitMs: wallMs * 0.06,
    flights: {
      started: items,
      ended: items,
      peak: atOnce,
      meanInFlight: (items * 100) / wallMs,
      idleInFlightMs: wallMs * 0.68,
    },
  };
  const record = {
    name,
    times,
    items,
    limit: atOnce,
    cores: 2,
    description: "Pages from a slow server.",
    context: { Node: "24" },
    ...changes,
  };
  return { record, trace };
}
