import type { ZoomGeometry } from "./zoom-geometry.ts";

// What runs in the reader's browser: the functions below are put into the page as they stand, so they use nothing but each
// other and the document. The axis is drawn by the same functions on the server side.

/** A distance between ticks of 1, 2 or 5 times a power of ten that makes about `ticks` of them. */
function tickDistance(lengthMs: number, ticks: number): number {
  const rough = lengthMs / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
  return step * power;
}

/** The lines and labels of the time axis from `fromMs` to `toMs`, as SVG. Only numbers go into it. */
function axisMarkup(geometry: ZoomGeometry, fromMs: number, toMs: number): string {
  const { left, width, bands, ticks, height } = geometry;
  const distance = tickDistance(toMs - fromMs, ticks);
  const inSeconds = toMs >= 1_000;
  const marks: string[] = [];
  for (let tick = Math.ceil(fromMs / distance); tick * distance <= toMs; tick++) {
    const atMs = tick * distance;
    const x = Math.round((left + ((atMs - fromMs) / (toMs - fromMs)) * width) * 10) / 10;
    const lines = bands.map(([top, bottom]) => `M${x} ${top}V${bottom}`).join("");
    const label = `${Number((inSeconds ? atMs / 1_000 : atMs).toPrecision(9))} ${inSeconds ? "s" : "ms"}`;
    // A label at the very end would stick out.
    const text = x > left + width * 0.985 ? "" : `<text x="${x}" y="${height - 8}">${label}</text>`;
    marks.push(`<path d="${lines}"/>${text}`);
  }
  return marks.join("");
}

/** The part of a timeline that is seen. */
interface ZoomView {
  fromMs: number;
  toMs: number;
}

/** The view of `lengthMs` from `fromMs`, kept within the timeline and not endlessly fine. */
function viewWithin(endMs: number, fromMs: number, lengthMs: number): ZoomView {
  const length = Math.min(endMs, Math.max(endMs / 20_000, lengthMs));
  const from = Math.min(Math.max(0, fromMs), endMs - length);
  return { fromMs: from, toMs: from + length };
}

/** The view with `factor` of the length, in which the moment `atMs` stays where it is. */
function viewAround(endMs: number, { fromMs, toMs }: ZoomView, atMs: number, factor: number): ZoomView {
  return viewWithin(endMs, atMs - (atMs - fromMs) * factor, (toMs - fromMs) * factor);
}

/** What a key does to the view; `undefined` for a key that does nothing. */
function viewAfterKey(key: string, endMs: number, view: ZoomView): ZoomView | undefined {
  const length = view.toMs - view.fromMs;
  const middle = (view.fromMs + view.toMs) / 2;
  if (key === "+" || key === "=") return viewAround(endMs, view, middle, 0.5);
  if (key === "-") return viewAround(endMs, view, middle, 2);
  if (key === "ArrowLeft") return viewWithin(endMs, view.fromMs - length / 5, length);
  if (key === "ArrowRight") return viewWithin(endMs, view.fromMs + length / 5, length);
  if (key === "Home") return viewWithin(endMs, 0, length);
  if (key === "End") return viewWithin(endMs, endMs - length, length);
  return key === "0" || key === "Escape" ? { fromMs: 0, toMs: endMs } : undefined;
}

/** Shows a view: each plot is a window of its own onto the drawing, and the axis is drawn anew. */
function showView(box: HTMLElement, geometry: ZoomGeometry, view: ZoomView): void {
  const { left, width, height, endMs } = geometry;
  const scale = width / endMs;
  const window = `${left + view.fromMs * scale} 0 ${(view.toMs - view.fromMs) * scale} ${height}`;
  for (const plot of box.querySelectorAll("svg.plot")) plot.setAttribute("viewBox", window);
  const axis = box.querySelector("g.axis");
  if (axis !== null) axis.innerHTML = axisMarkup(geometry, view.fromMs, view.toMs);
  const output = box.querySelector("output");
  const whole = view.toMs - view.fromMs >= endMs;
  box.classList.toggle("zoomed", !whole);
  if (output !== null) {
    output.textContent = whole
      ? ""
      : `${view.fromMs.toPrecision(4)} to ${view.toMs.toPrecision(4)} ms of ${endMs.toPrecision(4)} ms`;
  }
}

/** Buttons for those without a wheel, and a line that says what is seen. */
function addControls(box: HTMLElement, press: (key: string) => void): void {
  const bar = document.createElement("div");
  bar.className = "zoom-bar";
  const buttons = [
    ["+", "+", "Zoom in"],
    ["−", "-", "Zoom out"],
    ["◀", "ArrowLeft", "Earlier"],
    ["▶", "ArrowRight", "Later"],
    ["All", "0", "Show all"],
  ];
  for (const [text = "", key = "", label = ""] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => press(key));
    bar.append(button);
  }
  const hint = document.createElement("span");
  hint.textContent =
    "Drag over a stretch to see it closer; click, then turn the wheel or press + − ◀ ▶; double-click for all.";
  const output = document.createElement("output");
  bar.append(output, hint);
  box.append(bar);
}

/** Marks the stretch that is being dragged over, and says at the end which it was. */
function watchDrag(
  drawing: SVGSVGElement,
  geometry: ZoomGeometry,
  onStretch: (fromX: number, toX: number) => void,
): void {
  const { left, width, height } = geometry;
  const xOf = (event: PointerEvent) => {
    const { left: edge, width: pixels } = drawing.getBoundingClientRect();
    const x = ((event.clientX - edge) / pixels) * drawing.viewBox.baseVal.width;
    return Math.min(left + width, Math.max(left, x));
  };
  const mark = document.createElementNS(drawing.namespaceURI, "rect");
  mark.setAttribute("class", "stretch");
  mark.setAttribute("height", String(height));
  let fromX: number | undefined;
  drawing.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fromX = xOf(event);
    drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (fromX === undefined) return;
    const toX = xOf(event);
    mark.setAttribute("x", String(Math.min(fromX, toX)));
    mark.setAttribute("width", String(Math.abs(toX - fromX)));
    drawing.append(mark);
  });
  drawing.addEventListener("pointercancel", () => {
    fromX = undefined;
    mark.remove();
  });
  drawing.addEventListener("pointerup", (event) => {
    const [from, to] = [fromX ?? 0, xOf(event)];
    if (fromX !== undefined && Math.abs(to - from) > 4) onStretch(Math.min(from, to), Math.max(from, to));
    fromX = undefined;
    mark.remove();
  });
}

/** Makes one drawing of a timeline zoom by wheel, by dragging and by keys. */
function attachZoom(box: HTMLElement): void {
  const drawing = box.querySelector("svg");
  if (drawing === null) return;
  const geometry = JSON.parse(box.dataset.zoom ?? "null") as ZoomGeometry;
  const { left, width, endMs } = geometry;
  let view: ZoomView = { fromMs: 0, toMs: endMs };
  const show = (next: ZoomView | undefined) => {
    if (next === undefined) return false;
    view = next;
    showView(box, geometry, view);
    return true;
  };
  const msAt = (x: number) => view.fromMs + ((x - left) / width) * (view.toMs - view.fromMs);
  box.tabIndex = 0;
  addControls(box, (key) => show(viewAfterKey(key, endMs, view)));
  watchDrag(drawing, geometry, (fromX, toX) => {
    const fromMs = msAt(fromX);
    show(viewWithin(endMs, fromMs, msAt(toX) - fromMs));
  });
  drawing.addEventListener("dblclick", () => show(viewAfterKey("0", endMs, view)));
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey) return;
    if (show(viewAfterKey(event.key, endMs, view))) event.preventDefault();
  });
  attachWheel(box, drawing, (x, steps, sideways) => {
    const length = view.toMs - view.fromMs;
    if (sideways !== 0) show(viewWithin(endMs, view.fromMs + sideways * length * 0.1, length));
    else show(viewAround(endMs, view, msAt(x), 1.25 ** steps));
  });
}

/** The page scrolls as ever, until the drawing has been clicked or Ctrl is held: then the wheel zooms. */
function attachWheel(
  box: HTMLElement,
  drawing: SVGSVGElement,
  turn: (x: number, steps: number, sideways: number) => void,
): void {
  drawing.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== box && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, width } = drawing.getBoundingClientRect();
      const x = ((event.clientX - left) / width) * drawing.viewBox.baseVal.width;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      turn(
        x,
        Math.sign(event.deltaY),
        Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey ? Math.sign(sideways) : 0,
      );
    },
    { passive: false },
  );
}

const FUNCTIONS = [
  tickDistance,
  axisMarkup,
  viewWithin,
  viewAround,
  viewAfterKey,
  showView,
  addControls,
  watchDrag,
  attachZoom,
  attachWheel,
];

/** The script of the page. */
export const ZOOM_SCRIPT: string = `"use strict";
${FUNCTIONS.map(String).join("\n").replaceAll("\t", "  ")}
for (const box of document.querySelectorAll("[data-zoom]")) attachZoom(box);
`;

/** The time axis of a whole timeline, as it is before anybody zooms. */
export function wholeAxis(geometry: ZoomGeometry): string {
  return axisMarkup(geometry, 0, geometry.endMs);
}
