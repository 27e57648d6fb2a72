import { type Column, type Diagnosis, formatCount } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { machineFacts } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { formatBytes } from "../format-bytes.ts";
import type { LatencyResult, LatencyRow } from "./experiment.ts";
import { formatNs, formatScale } from "./format-scale.ts";

/** The result in every form in which it can be shown. */
export function latencyFindings(result: LatencyResult): Findings<LatencyRow> {
  const table = () => ({ columns, rows: result.rows });
  return {
    json: () => ({ experiment: "latency", ...result }),
    table,
    diagnosis: () => latencyDiagnosis(result),
    page: () => latencyPage(result),
  };
}

const columns: readonly Column<LatencyRow>[] = [
  { header: "what", value: (row) => row.name },
  { header: "takes", value: (row) => row.ns, format: formatNs, description: "the median of the samples" },
  { header: "least", value: (row) => row.leastNs, format: formatNs },
  { header: "cycles", value: (row) => row.cycles, format: (cycles) => formatCount(Math.round(cycles)) },
  {
    header: "if a cycle were a second",
    value: (row) => (row.cycles === undefined ? undefined : formatScale(row.cycles)),
  },
  { header: "samples", value: (row) => row.samples },
];

function latencyDiagnosis({ rows, notMeasured, gigahertz }: LatencyResult): Diagnosis {
  const [first, last] = [rows[0], rows.at(-1)] as [LatencyRow, LatencyRow]; // caches are always measured
  const scale =
    first.cycles === undefined || last.cycles === undefined
      ? ""
      : `; if a cycle were a second, from ${formatScale(first.cycles)} to ${formatScale(last.cycles)}`;
  const missing = [
    ...notMeasured.map(({ name, reason }) => `${name} (${reason})`),
    ...(gigahertz === undefined ? ["cycles (the system does not say how fast its CPU is)"] : []),
  ];
  return {
    rule: "finding",
    headline: `From ${formatNs(first.ns)} (${first.name}) to ${formatNs(last.ns)} (${last.name})${scale}.${missing.length > 0 ? ` Not measured: ${missing.join("; ")}.` : ""}`,
    why: "While a program waits for a disk or a network, its CPU could do millions of things: that is what overlapping uses.",
  };
}

function latencyPage(result: LatencyResult): ExperimentPage<LatencyRow> {
  const { rows, caches, gigahertz } = result;
  return {
    title: "Latency",
    subtitle: "How long this machine waits for its parts",
    context: [
      { label: "L1", value: formatBytes(caches.l1) },
      { label: "L2", value: formatBytes(caches.l2) },
      { label: "L3", value: formatBytes(caches.l3) },
      { label: "CPU", value: gigahertz === undefined ? "unknown" : `${gigahertz.toFixed(2)} GHz` },
      ...machineFacts(),
    ],
    diagnosis: latencyDiagnosis(result),
    table: { columns, rows },
    tableTitle: "How long things take",
    bars: {
      title: "How many times as long: each step is a factor of ten",
      format: (power) => formatNs(10 ** power),
      bars: rows.map(({ name, ns }) => ({ name, value: Math.log10(Math.max(1, ns)) })),
    },
    strategies: [],
    notes: [
      "Caches and memory are read by following indices in random order through a working set: half of L1, half of L2, a quarter of L3 or more, and several times L3 for RAM. The loop around a read and the translation of addresses are part of the figure; other programs use the same caches.",
      "The disk is read past the system's cache; a virtual machine's host may have one of its own. A cycle is what the system says; a CPU can run faster for a while.",
      ...(caches.assumed
        ? ["The system does not say how large its caches are; common sizes were taken."]
        : []),
    ],
  };
}
