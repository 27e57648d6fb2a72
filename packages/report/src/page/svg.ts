import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeHtml, Html } from "./html.ts";
import type { ZoomGeometry } from "./zoom-geometry.ts";
import { wholeAxis } from "./zoom-script.ts";

use([BarChart, CustomChart, GridComponent, LineChart, MarkAreaComponent, MarkLineComponent, SVGRenderer]);

/** A drawing in user units; the page scales it to its column. */
export interface Drawing {
  readonly option: EChartsCoreOption;
  readonly width: number;
  readonly height: number;
  /** What the drawing shows, for those who don't see it. */
  readonly label: string;
  /** Tooltips by series, then by data item. */
  readonly titles?: readonly (readonly string[])[];
  /** Left out when nothing zooms. Else the first series, and what echarts clips, can be seen through a window that moves. */
  readonly zoom?: ZoomGeometry;
}

/** Colours and type of every drawing: variables of the page's style sheet, so that light and dark need one drawing. */
export const INK = "var(--ink)";
/** Secondary text and axes. */
export const MUTED = "var(--muted)";
/** Lines behind the data. */
export const LINE = "var(--line)";

/**
 * In a text of a drawing, what stands before this em space is drawn strong. (Styled parts of echarts would be placed by
 * measuring letters, which nothing can do without a screen.)
 */
export const STRONG_END = "\u2003";

/** Draws with echarts, on the server side: plain SVG elements, no script. */
export function drawSvg({ option, width, height, label, titles = [], zoom }: Drawing): Html {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    const drawn = chart.renderToSVGString();
    const svg = plainSvg(zoom === undefined ? drawn : withPlots(drawn, zoom), {
      width,
      height,
      label,
      titles,
    });
    return new Html(zoom === undefined ? svg : withAxis(svg, zoom));
  } finally {
    chart.dispose();
  }
}

type Frame = Required<Omit<Drawing, "option" | "zoom">>;

/** Puts what zooms into drawings of their own inside the drawing, whose view boxes can be moved. */
function withPlots(svg: string, { left, width, height }: ZoomGeometry): string {
  const box = `width="${width}" height="${height}" viewBox="${left} 0 ${width} ${height}"`;
  const opening = `<svg class="plot" x="${left}" y="0" ${box} preserveAspectRatio="none">`;
  const bars = /(?:<path\b[^>]*ecmeta_series_index="0"[^>]*><\/path>\n?)+/g;
  return svg
    .replace(bars, (paths) => `${opening}${paths}</svg>`)
    .replace(/<g clip-path="[^"]*">[\s\S]*?<\/g>/g, (group) => `${opening}${group}</svg>`);
}

/** The time axis comes first, so that everything is drawn over its lines. */
function withAxis(svg: string, zoom: ZoomGeometry): string {
  return svg.replace(/^<svg[^>]*>/, (opening) => `${opening}<g class="axis">${wholeAxis(zoom)}</g>`);
}

/**
 * Takes out what echarts adds for a script in the browser and what it numbers through all drawings of a process (nothing
 * here reaches beyond its clip path), and puts in what people need. Texts of the run go in by functions: in a replacement
 * string, `$&` would mean something.
 */
function plainSvg(svg: string, { width, height, label, titles }: Frame): string {
  const opening = `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${width} ${height}">`;
  return svg
    .replace(/<(style|defs)\b[\s\S]*?<\/\1>/g, "")
    .replace(/^<svg[^>]*>/, () => opening)
    .replace(/<(path|rect|polygon|circle)\b([^>]*)><\/\1>/g, (_, element: string, attributes: string) => {
      const title = titleOf(attributes, titles);
      return title === undefined
        ? `<${element}${plainAttributes(attributes)}/>`
        : `<${element}${plainAttributes(attributes)}><title>${escapeHtml(title)}</title></${element}>`;
    })
    .replace(/<g clip-path="[^"]*">/g, "<g>")
    .replace(/(<text\b[^>]*>)([^<]*)\u2003/g, `$1<tspan class="strong">$2</tspan>${STRONG_END}`)
    .replace(/\n+/g, "");
}

function titleOf(attributes: string, titles: Frame["titles"]): string | undefined {
  const [, series] = /ecmeta_series_index="(\d+)"/.exec(attributes) ?? [];
  const [, item] = /ecmeta_data_index="(\d+)"/.exec(attributes) ?? [];
  return titles[Number(series)]?.[Number(item)];
}

function plainAttributes(attributes: string): string {
  return attributes.replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, "");
}
