import { type Column, type Diagnosis, formatRatio } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { machineFacts } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { formatBytes } from "../format-bytes.ts";
import type { MemoryResult, MemoryRow } from "./experiment.ts";

const gibibyte = 2 ** 30;

/** The result in every form in which it can be shown. */
export function memoryFindings({ rows }: MemoryResult): Findings<MemoryRow> {
  return {
    json: () => ({ experiment: "memory", rows }),
    table: () => ({ columns, rows }),
    diagnosis: () => memoryDiagnosis(rows),
    page: () => memoryPage(rows),
  };
}

const columns: readonly Column<MemoryRow>[] = [
  { header: "what waits", value: (row) => row.name },
  { header: "measured", value: (row) => row.count, description: "so many of them at once" },
  { header: "bytes each", value: (row) => row.bytesEach, format: formatBytes },
  { header: "in 1 GiB", value: (row) => Math.floor(gibibyte / row.bytesEach) },
  {
    header: "start",
    value: (row) => row.startUsEach,
    format: (us) => (us < 1_000 ? `${us.toFixed(2)} µs` : `${(us / 1_000).toFixed(1)} ms`),
    description: "to make one and have it wait; of threads, all at once",
  },
  { header: "stopped by", value: (row) => row.stoppedBy },
];

function memoryDiagnosis(rows: readonly MemoryRow[]): Diagnosis {
  const [thread, task] = ["thread", "task"].map((name) => rows.find((row) => row.name === name));
  const why =
    "A suspended coroutine is an object that remembers where it stopped; a thread has a stack and an engine of its own. Computing gains from threads where there are cores for them, waiting does not.";
  const all = rows.map((row) => `${row.name} ${formatBytes(row.bytesEach)}`).join(", ");
  if (thread === undefined || task === undefined)
    return { rule: "finding", headline: `While it waits, each takes: ${all}.`, why };
  return {
    rule: "finding",
    headline: `A thread that waits takes ${formatBytes(thread.bytesEach)}, a task that waits ${formatBytes(task.bytesEach)}: ${formatRatio(thread.bytesEach / task.bytesEach)} as much.`,
    why,
  };
}

function memoryPage(rows: readonly MemoryRow[]): ExperimentPage<MemoryRow> {
  return {
    title: "Memory",
    subtitle: "What something takes while it waits",
    context: machineFacts(),
    diagnosis: memoryDiagnosis(rows),
    table: { columns, rows },
    tableTitle: "What waits",
    strategies: [],
    bars: {
      title: "Bytes of each: every step is a factor of ten",
      format: (power) => formatBytes(10 ** power),
      bars: rows.map(({ name, bytesEach }) => ({ name, value: Math.log10(Math.max(1, bytesEach)) })),
    },
    notes: [
      `Measured were: ${rows.map(({ description }) => description).join("; ")}.`,
      "Each was measured in a process of its own, after garbage collection: the JavaScript heap and what it refers to, and for threads the memory of the whole process, before and after.",
    ],
  };
}
