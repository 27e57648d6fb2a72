// The page

// What is on it
export type {
  BarFigure,
  ExperimentPage,
  Fact,
  Line,
  LineAxis,
  LineFigure,
  LinePoint,
  StrategyRun,
  Tile,
} from "./model.ts";
export { kneeFigure } from "./knee-figure.ts";
export { renderPage } from "./render-page.ts";

// Pages of stored runs
export { pageOfRuns, type RunSide } from "./comparison-page.ts";
export { runPage } from "./run-page.ts";

// Other forms
export { EXPORT_FORMATS, type ExportedFile, type ExportFormat, exportFiles } from "./export-files.ts";
