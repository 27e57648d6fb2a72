import { DurationHistogram } from "@overlap/pipeline";
import type { FetchRow } from "./fetch-row.ts";

/** What a run of `overlap fetch` came to: the JSON document of `--json`. */
export interface FetchSummary {
  /** URLs whose outcome is known. */
  readonly items: number;
  readonly ok: number;
  readonly failed: number;
  /** Milliseconds from the first URL until the last line was written. */
  readonly wallMs: number;
  /** Outcomes per second of it. */
  readonly requestsPerSecond: number;
  /** Bytes of all bodies, decompressed. */
  readonly bytes: number;
  /** Milliseconds that half of the answers took at most. */
  readonly p50Ms: number;
  /** Milliseconds that 99 of 100 took at most. */
  readonly p99Ms: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** How often what went wrong, the most frequent first. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Adds up rows, in constant memory. */
export class FetchTotals {
  items = 0;
  ok = 0;
  bytes = 0;
  retries = 0;
  readonly #errors = new Map<string, number>();
  readonly #durations = new DurationHistogram();

  addAll(rows: Iterable<FetchRow>): void {
    for (const row of rows) this.#add(row);
  }

  /** Lines that could not be read, and have no row. */
  addUnread(count: number): void {
    if (count === 0) return;
    this.items += count;
    this.#fail("OVERLAP_PIPELINE_BAD_RECORD", count);
  }

  get failed(): number {
    return this.items - this.ok;
  }

  /** How often what went wrong, the most frequent first. */
  get errors(): readonly (readonly [code: string, count: number])[] {
    return [...this.#errors].sort(([, a], [, b]) => b - a);
  }

  summary(wallMs: number): FetchSummary {
    const { items, ok, failed, bytes, retries } = this;
    return {
      items,
      ok,
      failed,
      wallMs: rounded(wallMs),
      requestsPerSecond: rounded(wallMs > 0 ? (items / wallMs) * 1_000 : 0),
      bytes,
      p50Ms: rounded(this.#durations.percentileMs(0.5)),
      p99Ms: rounded(this.#durations.percentileMs(0.99)),
      retries,
      errors: Object.fromEntries(this.errors),
    };
  }

  #add({ ok, status, bytes, ms, attempts, error }: FetchRow): void {
    this.items++;
    if (ok) this.ok++;
    this.bytes += bytes;
    this.retries += Math.max(0, attempts - 1);
    if (status !== null) this.#durations.add(ms);
    if (error !== null) this.#fail(error.code, 1);
  }

  #fail(code: string, count: number): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + count);
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
