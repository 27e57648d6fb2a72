import { sharedNow } from "./clock.ts";
import { CounterColumns } from "./counter-columns.ts";
import { TraceArgumentError } from "./errors.ts";
import { LabelStore } from "./label-store.ts";
import { NameTable } from "./name-table.ts";
import { Reservoir } from "./reservoir.ts";
import { type CounterSample, SPAN_KINDS, type Span, type SpanKind } from "./span.ts";
import { SpanColumns } from "./span-columns.ts";
import { timeOrder } from "./time-order.ts";

const DEFAULT_LIMIT = 1_000_000;
const MAX_LIMIT = 2 ** 30;
const MAX_LABEL_BYTES = 4 * 1_048_576;
/** Lane and counter ids are 16 bits wide. */
const MAX_LANES = 65_535;

/** How a {@link Trace} keeps time and how much it keeps. */
export interface TraceOptions {
  /**
   * The clock, in milliseconds; must not go backwards.
   * @default {@link sharedNow}, one clock for all threads
   */
  readonly now?: () => number;
  /**
   * Most spans kept, and most counter samples kept. Above it the trace keeps an unbiased sample and counts the rest in
   * {@link Trace.dropped}. Minimum 1; a span takes 23 bytes.
   * @default 1_000_000
   */
  readonly limit?: number;
  /**
   * Random numbers in [0, 1) by which the sample is drawn.
   * @default Math.random
   */
  readonly random?: () => number;
  /**
   * Spans that were recorded and will not come, such as those a stored trace had dropped; they count as dropped.
   * @default 0
   */
  readonly missingSpans?: number;
  /**
   * Counter samples that were recorded and will not come.
   * @default 0
   */
  readonly missingSamples?: number;
}

/**
 * A recorder of what happened when, cheap enough to be on by default and bounded in memory.
 *
 * Spans are recorded when they end, in any order. The trace keeps up to `limit` spans, 23 bytes each, and 4 MiB
 * of labels in UTF-8, in which a label that is soon used again counts once. Labels beyond that are
 * recorded as empty ({@link Trace.unlabelled} counts them); a label beyond 120 characters loses its middle.
 *
 * @example
 * ```ts
 * const trace = new Trace();
 * const startMs = trace.now();
 * const response = await fetch(url);
 * trace.span("fetch", "io", url, startMs, trace.now(), response.ok);
 * ```
 */
export class Trace {
  /** The trace's clock, in milliseconds. */
  readonly now: () => number;
  readonly #missing: { readonly spans: number; readonly samples: number };
  readonly #spans = new SpanColumns();
  readonly #spanPlaces: Reservoir;
  readonly #samples = new CounterColumns();
  readonly #samplePlaces: Reservoir;
  readonly #lanes = new NameTable(MAX_LANES, "(more lanes)");
  readonly #labels = new LabelStore(MAX_LABEL_BYTES);
  readonly #counters = new NameTable(MAX_LANES, "(more counters)");
  #unlabelled = 0;

  constructor(options: TraceOptions = {}) {
    const { now = sharedNow, limit = DEFAULT_LIMIT, random = Math.random } = options;
    const { missingSpans = 0, missingSamples = 0 } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new TraceArgumentError(`an integer from 1 to ${MAX_LIMIT}`, "limit", limit);
    }
    this.now = now;
    this.#missing = { spans: missingSpans, samples: missingSamples };
    this.#spanPlaces = new Reservoir(limit, random);
    this.#samplePlaces = new Reservoir(limit, random);
  }

  /**
   * Records that `lane` spent from `startMs` to `endMs` on `kind` for the item `label`.
   *
   * A span that ends before it starts is recorded with no length: clocks of two threads may differ by microseconds.
   *
   * @param ok `false` when it ended with an error
   * @throws {@link TraceArgumentError} for an unknown kind, or a time that is not a finite number
   */
  span(lane: string, kind: SpanKind, label: string, startMs: number, endMs: number, ok = true): void {
    const kindId = SPAN_KINDS.indexOf(kind);
    if (kindId < 0) throw new TraceArgumentError(`one of ${SPAN_KINDS.join(", ")}`, "kind", kind);
    checkTime("startMs", startMs);
    checkTime("endMs", endMs);
    const place = this.#spanPlaces.next();
    if (place < 0) return;
    const laneId = this.#lanes.idOf(lane);
    const labelId = this.#labelId(label);
    this.#spans.write(place, laneId, kindId, labelId, startMs, endMs < startMs ? startMs : endMs, ok);
  }

  /**
   * Records that `counter` has `value` from `atMs` on (now, if not given), and why, if there is something to say: a
   * limiter's decision, a retry. Reasons are labels: they are bounded as those of spans are.
   *
   * @throws {@link TraceArgumentError} for a value or a time that is not a finite number
   */
  count(counter: string, value: number, atMs: number = this.now(), reason = ""): void {
    if (!Number.isFinite(value)) throw new TraceArgumentError("a finite number", "value", value);
    checkTime("atMs", atMs);
    const place = this.#samplePlaces.next();
    if (place < 0) return;
    const counterId = this.#counters.idOf(counter);
    this.#samples.write(place, { counterId, value, atMs, reasonId: this.#labels.idOf(reason) });
  }

  /** Spans kept. */
  get size(): number {
    return this.#spanPlaces.size;
  }

  /**
   * Spans recorded but not kept. When it is not 0, the trace is a sample in which every span had the same chance:
   * totals are estimated by the factor `(size + dropped) / size`.
   */
  get dropped(): number {
    return this.#spanPlaces.dropped + this.#missing.spans;
  }

  /** Counter samples recorded but not kept. */
  get droppedSamples(): number {
    return this.#samplePlaces.dropped + this.#missing.samples;
  }

  /** Spans that lost their label because the trace had its 4 MiB of labels. */
  get unlabelled(): number {
    return this.#unlabelled;
  }

  /** The spans kept, ordered by their start; none should be recorded until the iteration ends. */
  *spans(): IterableIterator<Span> {
    for (const place of timeOrder(this.size, (each) => this.#spans.startMs(each))) {
      const { laneId, kindId, labelId, startMs, endMs, ok } = this.#spans.read(place);
      const kind = SPAN_KINDS[kindId] ?? "io";
      yield {
        lane: this.#lanes.nameOf(laneId),
        kind,
        label: this.#labels.labelOf(labelId),
        startMs,
        endMs,
        ok,
      };
    }
  }

  /** The counter samples kept, ordered by time; none should be recorded until the iteration ends. */
  *counters(): IterableIterator<CounterSample> {
    for (const place of timeOrder(this.#samplePlaces.size, (each) => this.#samples.read(each).atMs)) {
      const { counterId, value, atMs, reasonId } = this.#samples.read(place);
      const reason = this.#labels.labelOf(reasonId);
      yield { counter: this.#counters.nameOf(counterId), value, atMs, reason };
    }
  }

  #labelId(label: string): number {
    const id = this.#labels.idOf(label);
    if (id === 0 && label !== "") this.#unlabelled += 1;
    return id;
  }
}

function checkTime(argument: string, timeMs: number): void {
  if (!Number.isFinite(timeMs))
    throw new TraceArgumentError("a finite number of milliseconds", argument, timeMs);
}
