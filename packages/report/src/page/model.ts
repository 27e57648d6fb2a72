import type { CounterSample, Span } from "@overlap/trace";
import type { Breakdown } from "../breakdown.ts";
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
  /** The figures of one run, in large type, each with its scope. */
  readonly tiles?: readonly Tile[];
  /** The strategies in numbers; the first column names them. */
  readonly table?: Table<Row>;
  /**
   * What the table is about.
   * @default "Strategies", or "Figures" for one run with tiles
   */
  readonly tableTitle?: string;
  /** One bar a strategy. */
  readonly bars?: BarFigure;
  /** Curves, such as time against concurrency. */
  readonly lines?: readonly LineFigure[];
  /** A timeline a strategy, in this order. */
  readonly strategies: readonly StrategyRun[];
  /** How it was measured, and warnings: a paragraph each. */
  readonly notes: readonly string[];
}

/** A figure that stands by itself. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** What it is measured over, or what it goes with. */
  readonly detail?: string;
}

/** Curves of one figure against another. */
export interface LineFigure {
  readonly title: string;
  /** What they show, in a sentence. */
  readonly description?: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** At most eight can be told apart. */
  readonly lines: readonly Line[];
  /** What stands out at one x, with an interval if there is one, such as a knee. */
  readonly mark?: {
    readonly label: string;
    readonly x: number;
    readonly low?: number;
    readonly high?: number;
  };
}

/** One axis of a {@link LineFigure}. */
export interface LineAxis {
  readonly label: string;
  /** Equal distances for equal ratios; every value must be above 0. @default false */
  readonly log?: boolean;
  /** Writes a value. */
  readonly format: (value: number) => string;
}

/** A curve, or the points that were measured. */
export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  /** `points` marks each and joins them, `curve` only joins them, dashed: for what was fitted. @default "points" */
  readonly style?: "points" | "curve";
}

/** A value, with its interval if it has one. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
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
  /**
   * How long the timeline is drawn, so that several have the same scale; never shorter than the run.
   * @default as long as the run
   */
  readonly scaleMs?: number;
  /** What this strategy was limited by. */
  readonly diagnosis?: Diagnosis;
  /** Where its wall time went; drawn as a bar of 100 %. */
  readonly breakdown?: Breakdown;
  /** Samples of the limit, where it changed; drawn instead of the line, and listed with their reasons. */
  readonly limits?: readonly CounterSample[];
}
