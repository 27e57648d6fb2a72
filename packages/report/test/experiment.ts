import { diagnose, formatMs } from "@overlap/report";
import type { ExperimentPage, StrategyRun } from "@overlap/report/page";
import type { Span } from "@overlap/trace";

/** A row of the table on the pages of these tests. */
export interface Row {
  readonly name: string;
  readonly wallMs: number;
}

/** When the runs of these tests began: far from 0, as on a real clock. */
const STARTED_MS = 1_700_000_000_000;

/** A page with one strategy for each list of spans; nothing in it depends on time or chance. */
export function experiment(
  runs: readonly StrategyRun[],
  changes: Partial<ExperimentPage<Row>> = {},
): ExperimentPage<Row> {
  return {
    title: "lab hash",
    subtitle: "Hash strings and save them.",
    context: [{ label: "items", value: 120 }],
    diagnosis: diagnose({
      items: 120,
      wallMs: 1_070,
      cores: 2,
      mainCpuMs: 90,
      processCpuMs: 1_960,
      meanInFlight: 11,
      limit: 100,
      boundMs: 1_036,
    }),
    table: {
      columns: [
        { header: "strategy", value: (row) => row.name },
        { header: "wall", value: (row) => row.wallMs, format: formatMs },
      ],
      rows: runs,
    },
    bars: {
      title: "Time per item",
      format: formatMs,
      bars: runs.map(({ name, wallMs }) => ({ name, value: wallMs })),
      bound: { label: "bound", value: 500 },
    },
    strategies: runs,
    notes: ["One run each."],
    ...changes,
  };
}

/** A strategy whose spans are those given, from time 0. */
export function strategy(
  name: string,
  spans: readonly Span[],
  changes: Partial<StrategyRun> = {},
): StrategyRun {
  const wallMs = Math.max(0, ...spans.slice(-200).map((span) => span.endMs));
  return { name, wallMs, startMs: STARTED_MS, spans: spans.map(fromStart), limit: 100, ...changes };
}

/** `count` requests of 100 ms, `inFlight` at a time, each failing that `fails` says. */
export function requests(
  count: number,
  inFlight: number,
  fails: (i: number) => boolean = () => false,
): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const startMs = (i * 100) / inFlight;
    return { lane: "database", kind: "io", label: `row ${i}`, startMs, endMs: startMs + 100, ok: !fails(i) };
  });
}

/** `count` pieces of computing of 15 ms, one after the other. */
export function hashes(count: number): Span[] {
  return Array.from({ length: count }, (_, i) => {
    return {
      lane: "main thread",
      kind: "cpu",
      label: `hash ${i}`,
      startMs: i * 15,
      endMs: i * 15 + 15,
      ok: true,
    };
  });
}

function fromStart(span: Span): Span {
  return { ...span, startMs: span.startMs + STARTED_MS, endMs: span.endMs + STARTED_MS };
}
