import type { Span } from "@overlap/trace";
import type { Diagnosis } from "../diagnosis.ts";
import type { Table } from "../table.ts";

/** What {@link renderPage} draws: one experiment and the strategies that were compared in it. */
export interface ExperimentPage<Row> {
  /** The name of the experiment. */
  readonly title: string;
  /** What was done, in a sentence. */
  readonly subtitle?: string;
  /** Under which conditions: items, limit, seed, Node, cores. */
  readonly context: readonly Fact[];
  /** What the experiment comes to, in large type. */
  readonly diagnosis: Diagnosis;
  /** The strategies in numbers; the first column names them. */
  readonly table: Table<Row>;
  /** What stands above that table. @default "Strategies" */
  readonly tableTitle?: string;
  /** One bar a strategy. */
  readonly bars?: BarFigure;
  /** A timeline a strategy, in this order. */
  readonly strategies: readonly StrategyRun[];
  /** How it was measured, and warnings: a paragraph each. */
  readonly notes: readonly string[];
}

/** One condition of a run, such as `items: 120`. */
export interface Fact {
  readonly label: string;
  readonly value: string | number;
}

/** A bar chart of one figure of every strategy. */
export interface BarFigure {
  /** What the bars show, such as `Time per item`. */
  readonly title: string;
  /** Writes a value of a bar, and of the axis. */
  readonly format: (value: number) => string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** What no strategy can beat, drawn as a line. */
  readonly bound?: { readonly label: string; readonly value: number };
}

/** One run of one strategy. */
export interface StrategyRun {
  readonly name: string;
  /** How it works, in a sentence. */
  readonly description?: string;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
  /** When it began, on the clock of its spans; the timeline starts there at 0. */
  readonly startMs: number;
  readonly spans: Iterable<Span>;
  /**
   * Spans that the trace did not keep (`trace.dropped`); the page says that it shows a sample.
   * @default 0
   */
  readonly droppedSpans?: number;
  /** Most requests allowed in flight, drawn as a line. */
  readonly limit?: number;
  /**
   * Which spans are requests in flight.
   * @default those of kind `io`, or of kind `sink` when there are none
   */
  readonly inFlight?: (span: Span) => boolean;
  /** What this strategy was limited by. */
  readonly diagnosis?: Diagnosis;
}
