import type { RunTimes, Trace } from "@overlap/trace";

/**
 * A run in plain data, beside its trace: what `--trace FILE` keeps in the first line, and what a report is made from. All
 * times in milliseconds.
 */
export interface RunRecord {
  /** What was run, such as `fetch` or the name of a strategy. */
  readonly name: string;
  /** What it did, in a sentence. */
  readonly description?: string;
  readonly times: RunTimes;
  /** Items that it worked on, failed ones included. */
  readonly items: number;
  /** @default 0 */
  readonly failed?: number;
  /** Attempts beyond the first of their item. @default 0 */
  readonly retries?: number;
  /** Most requests allowed in flight; 0 when it makes none. */
  readonly limit: number;
  /** How long the other side takes when it is idle; left out where nobody knows, it is taken from the first answers. */
  readonly delayMs?: number;
  /** The least wall time possible. */
  readonly boundMs?: number;
  /** Threads beside the main thread that compute. */
  readonly threads?: number;
  /** CPU cores of the machine. */
  readonly cores: number;
  /** Under which conditions, for people: workload, seed, version of Node. @default none */
  readonly context?: Readonly<Record<string, string | number>>;
}

/** A run and its trace. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly trace: Trace;
}

const NEEDED = ["items", "limit", "cores"] as const;
const OPTIONAL = ["failed", "retries", "delayMs", "boundMs", "threads"] as const;
const TIMES = ["startMs", "wallMs", "activeMs", "idleMs", "mainCpuMs", "processCpuMs"] as const;
const FLIGHTS = ["started", "ended", "peak", "meanInFlight", "idleInFlightMs"] as const;

/**
 * Checks what was read from a file: a record with every figure that is needed, or `undefined`. Nothing else that is there is
 * taken over.
 */
export function toRunRecord(about: unknown): RunRecord | undefined {
  const { name, description, context, ...record } = objectOf(about);
  const needed = allFigures(record, NEEDED);
  const times = allFigures(objectOf(record.times), TIMES);
  const flights = allFigures(objectOf(objectOf(record.times).flights), FLIGHTS);
  if (typeof name !== "string" || !needed || !times || !flights) return undefined;
  return {
    name,
    ...needed,
    ...someFigures(record, OPTIONAL),
    ...(typeof description === "string" && { description }),
    ...(context !== undefined && { context: contextOf(context) }),
    times: {
      ...times,
      ...someFigures(objectOf(record.times), ["gcMs", "coreWaitMs", "othersCoreWaitMs"]),
      flights,
    },
  };
}

type Unchecked = Readonly<Record<string, unknown>>;

function allFigures<F extends string>(from: Unchecked, fields: readonly F[]): Record<F, number> | undefined {
  const found = someFigures(from, fields);
  // With as many figures as fields, each field has its own.
  return Object.keys(found).length === fields.length ? (found as Record<F, number>) : undefined;
}

function someFigures<F extends string>(from: Unchecked, fields: readonly F[]): Partial<Record<F, number>> {
  const found: Partial<Record<F, number>> = {};
  for (const field of fields) {
    const value = from[field];
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) found[field] = value;
  }
  return found;
}

function contextOf(value: unknown): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).filter((entry): entry is [string, string | number] =>
      ["string", "number"].includes(typeof entry[1]),
    ),
  );
}

function objectOf(value: unknown): Unchecked {
  return typeof value === "object" && value !== null ? (value as Unchecked) : {};
}
