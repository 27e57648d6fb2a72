import {
  type Column,
  type Diagnosis,
  formatCount,
  formatMs,
  formatRatio,
  formatShare,
  type KneeFound,
  type RecordedRun,
} from "@overlap/report";
import type { ExperimentPage, LineFigure } from "@overlap/report/page";
import { type Timeline, timelineOf } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { fewestServerMs, serverLimitFacts } from "../server-limits.ts";
import type { CrawlSweepResult, SweepLevel } from "./sweep.ts";

/** A run of so many downloads is what the notes draw against concurrency. */
const drawnItems = 1_000;

/** The result in every form in which it can be shown. */
export function crawlSweepFindings(result: CrawlSweepResult): Findings<SweepLevel> {
  return {
    json: () => sweepJson(result),
    table: () => ({ columns, rows: result.levels }),
    diagnosis: () => sweepDiagnosis(result),
    records: () => result.levels.map((level) => recordLevel(result, level)),
    page: () => sweepPage(result),
  };
}

const columns: readonly Column<SweepLevel>[] = [
  { header: "at most", value: (level) => level.concurrency },
  { header: "requests", value: (level) => level.requests, description: "while the limit was full" },
  {
    header: "in flight",
    value: (level) => level.meanInFlight,
    format: (value) => value.toFixed(1),
    description: "on average, while the limit was full",
  },
  { header: "per second", value: (level) => level.perSecond, format: (value) => value.toFixed(0) },
  { header: "for 1,000", value: forDrawnItems, format: formatMs, description: "what 1,000 requests take" },
  { header: "p50", value: (level) => level.p50Ms, format: formatMs },
  { header: "p99", value: (level) => level.p99Ms, format: formatMs },
  {
    header: "client busy",
    value: (level) => level.clientBusy,
    format: formatShare,
    description: "share of the time for which this process computed; near 100 % it is the limit itself",
  },
  { header: "failed", value: (level) => level.failed },
];

function forDrawnItems({ perSecond }: SweepLevel): number {
  return (drawnItems * 1_000) / perSecond;
}

function sweepJson({ options, levels, knee, confirmation }: CrawlSweepResult): object {
  const { delayMs, capacity, ratePerSecond, repeat, strategy } = options;
  return {
    experiment: "crawl",
    sweep: options.levels,
    strategy: strategy.name,
    delayMs,
    capacity,
    ratePerSecond,
    repeat,
    levels: levels.map(withoutRun),
    knee,
    ...(confirmation && { confirmation: { ...confirmation, level: withoutRun(confirmation.level) } }),
  };
}

function withoutRun({ run: _run, ...figures }: SweepLevel): Omit<SweepLevel, "run"> {
  return figures;
}

function sweepDiagnosis(result: CrawlSweepResult): Diagnosis {
  const { answer, model } = result.knee;
  if (answer.found === "too-few") {
    return {
      rule: "not-conclusive",
      headline: `Not conclusive: ${answer.reason}`,
      why: "A knee cannot be told from noise with fewer levels.",
    };
  }
  if (answer.found === "none") {
    const largest = result.levels.at(-1) as SweepLevel; // there is at least one
    return {
      rule: "finding",
      headline: `No knee up to ${formatCount(largest.concurrency)} in flight, the most that was tested: more still bring more.`,
      why: `With that, ${largest.perSecond.toFixed(0)} answers came per second, and this process was busy for ${formatShare(largest.clientBusy)} of the time.`,
    };
  }
  return {
    rule: "finding",
    headline: kneeHeadline(answer, result),
    why: `Throughput follows the model "${model?.kind}"; this is the smallest concurrency with 95 % of the ${answer.mostPerSecond.toFixed(0)} answers per second that it can reach in the range tested.`,
  };
}

function kneeHeadline({ concurrency, interval, perSecond }: KneeFound, result: CrawlSweepResult): string {
  const { confirmation } = result;
  const where = `Knee at about ${formatCount(concurrency)} in flight (${interval.low} to ${interval.high}): beyond it, more only wait longer.`;
  if (confirmation === undefined) return where;
  const measured = `${confirmation.perSecond.toFixed(0)} per second, ${formatRatio(confirmation.ratio)} the ${perSecond.toFixed(0)} expected`;
  return confirmation.confirmed
    ? `${where} Confirmed by one more run: ${measured}.`
    : `${where} Not confirmed by one more run: ${measured}.`;
}

async function sweepPage(result: CrawlSweepResult): Promise<ExperimentPage<SweepLevel>> {
  const { kneeFigure } = await import("@overlap/report/page"); // loads what draws
  const { options, levels, confirmation } = result;
  const shown = [...(confirmation ? [confirmation.level] : []), ...levels.slice(-1)];
  return {
    title: "Crawl: time against concurrency",
    subtitle: `The same downloads with more and more of them in flight; strategy ${options.strategy.name}`,
    context: [
      ...serverLimitFacts(options),
      { label: "levels", value: options.levels.join(", ") },
      ...machineFacts(),
    ],
    diagnosis: sweepDiagnosis(result),
    table: { columns, rows: levels },
    tableTitle: "Levels",
    lines: [timeFigure(result), kneeFigure(result.knee)],
    strategies: shown.map((level) => levelTimeline(result, level)),
    notes: [
      "Only the time in which the limit was full counts: filling and draining it looks like a knee in a short run. Throughput is held against the mean in flight.",
      "A closed loop with N in flight measures what N clients would see that wait for each answer.",
      options.repeat === 1
        ? "One run of each level."
        : `${options.repeat} runs of each level, in shuffled order.`,
    ],
  };
}

function timeFigure({ options, levels, knee }: CrawlSweepResult): LineFigure {
  const { answer } = knee;
  return {
    title: "Time for 1,000 downloads against concurrency",
    x: { label: "downloads in flight at most", log: true, format: formatCount },
    y: { label: "time", log: true, format: formatMs },
    lines: [
      {
        name: options.strategy.name,
        points: levels.map((level) => ({ x: level.concurrency, y: forDrawnItems(level) })),
      },
    ],
    ...(answer.found === "knee" && { mark: { label: "knee", x: answer.concurrency, ...answer.interval } }),
  };
}

function levelTimeline(result: CrawlSweepResult, level: SweepLevel): Timeline {
  const { description } = result.options.strategy;
  const recorded = recordLevel(result, level);
  return timelineOf({ name: recorded.record.name, description }, recorded);
}

function recordLevel({ options }: CrawlSweepResult, { run, concurrency }: SweepLevel): RecordedRun {
  return recordRun(run, {
    name: `${options.strategy.name}, ≤ ${concurrency}`,
    limit: concurrency,
    delayMs: options.delayMs,
    boundMs: Math.max(1, fewestServerMs(run.items, concurrency, options)),
    failed: run.failed,
  });
}
