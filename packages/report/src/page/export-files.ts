import { barChartSvg } from "./bar-chart.ts";
import { toCsv } from "./csv.ts";
import type { Html } from "./html.ts";
import { lineChartSvg } from "./line-chart.ts";
import { toMarkdown } from "./markdown.ts";
import type { ExperimentPage } from "./model.ts";
import { pageData } from "./page-data.ts";
import { PAGE_SIZES } from "./page-size.ts";
import { STYLE } from "./style.ts";
import { timelineDrawing } from "./timeline.ts";

/** Beyond that a drawing is slow, and no screen shows more. */
const MOST_BARS = 20_000;

/** The forms in which a page can be had beside HTML. */
export type ExportFormat = "svg" | "csv" | "json" | "md";

/** Every {@link ExportFormat}. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ["svg", "csv", "json", "md"];

/** A file that a page was exported to. */
export interface ExportedFile {
  /** Letters, digits and hyphens, with its ending; no two of an export are the same. */
  readonly name: string;
  readonly text: string;
}

/** A page in other forms: `figures.csv`, `figures.json`, `figures.md`, and each chart as an SVG file of its own. */
export function exportFiles<Row>(page: ExperimentPage<Row>, formats: Iterable<ExportFormat>): ExportedFile[] {
  return [...new Set(formats)].flatMap((format): ExportedFile[] => {
    if (format === "csv") return [{ name: "figures.csv", text: toCsv(page) }];
    if (format === "json")
      return [{ name: "figures.json", text: `${JSON.stringify(pageData(page), null, 2)}\n` }];
    return format === "md" ? [{ name: "figures.md", text: toMarkdown(page) }] : charts(page);
  });
}

function charts<Row>({ bars, lines = [], strategies }: ExperimentPage<Row>): ExportedFile[] {
  // The drawings for wide screens; there is always one.
  const size = PAGE_SIZES[0] as (typeof PAGE_SIZES)[number];
  const timelines = strategies.flatMap((run, at) => {
    const drawing = timelineDrawing(run, size, MOST_BARS);
    return drawing === undefined ? [] : [svgFile(`timeline-${at + 1}-${fileName(run.name)}`, drawing)];
  });
  return [
    ...(bars === undefined ? [] : [svgFile("bars", barChartSvg(bars, size))]),
    ...lines.map((figure, at) =>
      svgFile(`lines-${at + 1}-${fileName(figure.title)}`, lineChartSvg(figure, size)),
    ),
    ...timelines,
  ];
}

/** A drawing of a page takes its colours from the page's style sheet, so a file of its own brings that along. */
function svgFile(name: string, { text }: Html): ExportedFile {
  const [, width = "0", height = "0"] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(text) ?? [];
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" style="background:var(--card);font-family:system-ui,sans-serif"`;
  const styled = text
    .replace(/^<svg/, opening)
    .replace(/^<svg[^>]*>/, (tag) => `${tag}<style>${STYLE.text}</style>`);
  return { name: `${name}.svg`, text: `${styled}\n` };
}

function fileName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 40) || "run"
  );
}
