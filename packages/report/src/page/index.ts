// The page

// What is on it
export type { BarFigure, ExperimentPage, Fact, StrategyRun } from "./model.ts";
export { renderPage } from "./render-page.ts";
