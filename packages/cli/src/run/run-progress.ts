import type { JobProgress, StageSummary } from "@overlap/pipeline";
import { type Column, formatCount, formatMs, textTable } from "@overlap/report";
import { LiveLines } from "../live-lines.ts";
import { endedItems, Rates } from "./rates.ts";

const plainEveryMs = 5_000;

/** Shows on stderr how far a run is. */
export interface RunProgress extends Disposable {
  update(progress: JobProgress): void;
}

/** What is known before the run. */
export interface RunOutlook {
  /** What the run is called. */
  readonly title: string;
  /** Items there will be, those left out counted; `null` when nobody knows. */
  readonly expected: number | null;
  /** Items that are taken at most, those left out not counted. */
  readonly most: number;
}

/** Several lines that change where there is a terminal, a plain line every five seconds where there is none, nothing when `quiet`. */
export function createRunProgress(outlook: RunOutlook, quiet: boolean): RunProgress {
  if (quiet) return { update() {}, [Symbol.dispose]() {} };
  return process.stderr.isTTY ? new LiveProgress(outlook) : new PlainProgress(outlook);
}

class LiveProgress implements RunProgress {
  readonly #lines = new LiveLines(process.stderr, process.stdout.isTTY ? [process.stdout] : []);
  readonly #rates = new Rates();
  readonly #outlook: RunOutlook;

  constructor(outlook: RunOutlook) {
    this.#outlook = outlook;
  }

  update(progress: JobProgress): void {
    this.#rates.add(progress);
    const stages = textTable(stageColumns(this.#rates), [...progress.stages.entries()]);
    this.#lines.show([headline(this.#outlook, progress, this.#rates), ...stages.split("\n")]);
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }
}

class PlainProgress implements RunProgress {
  readonly #rates = new Rates();
  readonly #outlook: RunOutlook;
  #writtenMs = 0;

  constructor(outlook: RunOutlook) {
    this.#outlook = outlook;
  }

  update(progress: JobProgress): void {
    this.#rates.add(progress);
    if (progress.wallMs - this.#writtenMs < plainEveryMs) return;
    this.#writtenMs = progress.wallMs;
    process.stderr.write(`${headline(this.#outlook, progress, this.#rates)}\n`);
  }

  [Symbol.dispose](): void {}
}

type NumberedStage = readonly [index: number, stage: StageSummary];

function stageColumns(rates: Rates): readonly Column<NumberedStage>[] {
  return [
    { header: "stage", value: ([, { name }]) => name },
    { header: "in", value: ([, stage]) => stage.in },
    { header: "out", value: ([, { out }]) => out },
    { header: "in flight", value: ([, { inFlight }]) => inFlight },
    { header: "queue", value: ([, { queue }]) => queue },
    { header: "rate", value: ([index]) => rates.stagePerSecond(index) ?? undefined, format: perSecond },
    { header: "failed", value: ([, { failed }]) => failed },
  ];
}

/** All of it in one line. */
function headline({ title, ...outlook }: RunOutlook, progress: JobProgress, rates: Rates): string {
  const { items, skipped, failed, rejected, retries } = progress;
  const ended = endedItems(progress);
  const wanted = wantedItems(outlook, progress);
  const left = leftMs(wanted, ended, rates.itemsPerSecond);
  const parts = [
    `${formatCount(ended)}${wanted === null ? "" : ` of ${formatCount(wanted)}`}`,
    perSecond(rates.itemsPerSecond),
    `${formatCount(items - ended)} in flight`,
    failed > 0 && `${formatCount(failed)} failed`,
    rejected > 0 && `${formatCount(rejected)} set aside`,
    skipped > 0 && `${formatCount(skipped)} done before`,
    retries > 0 && `${formatCount(retries)} retries`,
    left !== null && `${formatMs(left)} left`,
  ];
  return `${title}: ${parts.filter((part) => part !== false).join(", ")}`;
}

/** Items that this run will have worked on; what is expected of a file may be too few. */
function wantedItems({ expected, most }: Omit<RunOutlook, "title">, progress: JobProgress): number | null {
  const wanted = Math.min(most, expected === null ? Number.POSITIVE_INFINITY : expected - progress.skipped);
  return wanted === Number.POSITIVE_INFINITY ? null : Math.max(wanted, progress.items);
}

function leftMs(wanted: number | null, ended: number, itemsPerSecond: number | null): number | null {
  if (wanted === null || itemsPerSecond === null || itemsPerSecond === 0 || ended >= wanted) return null;
  return Math.ceil((wanted - ended) / itemsPerSecond) * 1_000;
}

function perSecond(rate: number | null): string {
  if (rate === null) return "–/s";
  return `${rate < 10 ? rate.toFixed(1) : formatCount(rate)}/s`;
}
