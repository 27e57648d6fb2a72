/** Where the job that is killed saves. */
export type SinkKind = "sqlite" | "ndjson" | "http";

/** Items of the job. */
export const items = 20_000;

/** Items that `sqlite` and `ndjson` get in one call. */
export const batch = 20;

/** Calls in flight at once. */
export const inFlight: Readonly<Record<SinkKind, number>> = { sqlite: 1, ndjson: 2, http: 20 };

/** Items that one kill may repeat: those in flight, and one batch. */
export function repeatedPerKill(kind: SinkKind): number {
  if (kind === "sqlite") return 0; // it keeps the journal
  return kind === "http" ? inFlight.http : (inFlight.ndjson + 1) * batch;
}
