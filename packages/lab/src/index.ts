/** `@overlap/lab`: the HTTP database, the strategies, the experiments. */

// Crawl (S9)
export { type CrawlResult, crawlIdealMs, runCrawl } from "./crawl/experiment.ts";
export type { CrawlRun } from "./crawl/run-once.ts";
export { type CrawlJson, type CrawlStrategyJson, crawlJson } from "./crawl/json.ts";
export type { CrawlOptions } from "./crawl/options.ts";
export { crawlDiagnosis, crawlFindings, crawlPage, crawlTable } from "./crawl/page.ts";
export { type CrawlSweepResult, runCrawlSweep, type SweepLevel } from "./crawl/sweep.ts";
export { crawlSweepFindings } from "./crawl/sweep-findings.ts";
export type { CrawlSweepOptions } from "./crawl/sweep-options.ts";
export type { ServerLimitOptions } from "./server-limits.ts";
// The HTTP database: a real server with a real file, whose slowness is set by options.
export type { DatabaseOptions } from "./database/options.ts";
export type { DatabaseStats } from "./database/routes.ts";
export { serveDatabase } from "./database/serve.ts";
export { type HttpDatabase, startDatabase } from "./database/server.ts";
export { type SpawnedDatabase, spawnDatabase } from "./database/spawn.ts";
export type { DatabaseRow } from "./database/store.ts";
// Errors: decide by `code`.
export {
  DatabaseDiedError,
  DatabaseFileError,
  FlagsDifferError,
  LabError,
  ListenError,
  MeasurementError,
  OptionError,
  PortInUseError,
  RowsMissingError,
  SaveFailedError,
} from "./errors.ts";
// Flags (S10)
export { type FlagsResult, type FlagsRun, runFlags } from "./flags/experiment.ts";
export { flagsFindings } from "./flags/findings.ts";
export type { FlagsOptions } from "./flags/options.ts";
// Hash and save (S11)
export { type HashResult, hashBoundMs, runHash } from "./hash/experiment.ts";
export type { HashRun } from "./hash/run-once.ts";
export { type HashJson, type HashStrategyJson, hashJson } from "./hash/json.ts";
export type { HashOptions } from "./hash/options.ts";
export { hashDiagnosis, hashFindings, hashPage, hashTable } from "./hash/page.ts";
export { type HashSeriesOptions, type HashSeriesResult, runHashSeries } from "./hash/series.ts";
export { hashSeriesFindings } from "./hash/series-findings.ts";
// Latency (S15)
export { type LatencyResult, runLatency } from "./latency/experiment.ts";
export { latencyFindings } from "./latency/findings.ts";
export type { LatencyOptions } from "./latency/options.ts";
// Memory (S16)
export { type MemoryResult, type MemoryRow, runMemory } from "./memory/experiment.ts";
export { memoryFindings } from "./memory/findings.ts";
export type { MemoryOptions } from "./memory/options.ts";
// Server (S14)
export { runServer, type ServerResult, type ServerRun } from "./server/experiment.ts";
export { serverFindings } from "./server/findings.ts";
export type { ServerOptions } from "./server/options.ts";
// Spinner (S5)
export {
  runSpinner,
  type SpinnerOptions,
  type SpinnerResult,
  type SpinnerRun,
} from "./spinner/experiment.ts";
export { spinnerFindings } from "./spinner/findings.ts";
// Squares (S2, S3, S13)
export { runSquares, type SquaresResult, type SquaresRun } from "./squares/experiment.ts";
export { squaresFindings } from "./squares/findings.ts";
export type { SquaresOptions } from "./squares/options.ts";
// Every experiment
export type { Findings } from "./findings.ts";
export type { SurroundingOptions } from "./surroundings.ts";
export { type ItemsPlan, parseItemsPlan } from "./items-plan.ts";
export type { Runs } from "./repeat.ts";
export type { LabProgress, StrategyRun } from "./run-strategy.ts";
