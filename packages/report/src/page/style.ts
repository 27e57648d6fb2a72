import { Html } from "./html.ts";

/** The style sheet of the page; the drawings take their colours from its variables. */
export const STYLE: Html = new Html(`
:root {
  color-scheme: light dark;
  --paper: #f6f6f4; --card: #ffffff; --ink: #16191d; --muted: #5b626c; --line: #e3e4e1; --accent: #1d4ed8;
  --queue: #868d97; --io: #2f6fde; --cpu: #d97706; --blocked: #9d3c72; --sink: #0f8f7e; --failed: #d0021b; --bar: #3b6fd4;
  --tint: #eef3fd; --crowded: #e7b873; --nothing: #d3d6da; --other: #7c5cc4;
  --line-0: #2f6fde; --line-1: #c2410c; --line-2: #0f8f7e; --line-3: #9d3c72; --line-4: #6b7280; --line-5: #a16207; --line-6: #4338ca; --line-7: #15803d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1216; --card: #171b21; --ink: #eceef1; --muted: #a0a8b4; --line: #2b313a; --accent: #8ab4ff;
    --queue: #6d7683; --io: #6ca2ff; --cpu: #f2a33c; --blocked: #d978ae; --sink: #3fc9b3; --failed: #ff5c66; --bar: #6ca2ff;
    --tint: #17202f; --crowded: #8a642b; --nothing: #3a414c; --other: #a78bfa;
    --line-0: #6ca2ff; --line-1: #fb923c; --line-2: #3fc9b3; --line-3: #d978ae; --line-4: #9ca3af; --line-5: #eab308; --line-6: #a5b4fc; --line-7: #4ade80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1168px; padding: 40px 24px 56px; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 30px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 680; overflow-wrap: anywhere; }
h2 { font-size: 18px; letter-spacing: -0.01em; font-weight: 650; margin: 44px 0 14px; }
h3 { font-size: 16px; font-weight: 650; display: flex; gap: 10px; align-items: baseline; overflow-wrap: anywhere; }
.brand { font-size: 12px; font-weight: 650; letter-spacing: 0.08em; text-transform: uppercase; color: var(--accent); margin-bottom: 6px; }
.subtitle { margin-top: 8px; color: var(--muted); max-width: 76ch; text-wrap: pretty; overflow-wrap: anywhere; }
.context { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 16px; font-size: 13px; }
.context div { display: flex; gap: 6px; min-width: 0; }
.context dt { color: var(--muted); }
.context dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; min-width: 0; }
.verdict { margin-top: 28px; padding: 26px 28px; background: var(--tint); border-left: 4px solid var(--accent); border-radius: 4px 14px 14px 4px; }
.headline { font-size: 25px; line-height: 1.3; letter-spacing: -0.015em; font-weight: 620; max-width: 46ch; text-wrap: balance; overflow-wrap: anywhere; }
.why { margin-top: 10px; color: var(--muted); max-width: 76ch; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 10px 16px; text-align: left; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 500; color: var(--muted); font-size: 13px; }
tbody th { font-weight: 600; position: sticky; left: 0; background: var(--card); max-width: 320px; overflow: hidden; text-overflow: ellipsis; }
.number { text-align: right; }
section > figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 23px; }
.card { margin-top: 16px; }
.card h3 .wall { flex: none; font-weight: 450; color: var(--muted); font-variant-numeric: tabular-nums; }
.description { color: var(--muted); font-size: 14px; margin-top: 2px; max-width: 80ch; overflow-wrap: anywhere; }
section > .description { margin: -6px 0 12px; max-width: none; }
.finding { font-size: 14px; margin-top: 8px; max-width: 112ch; text-wrap: pretty; overflow-wrap: anywhere; }
.card figure { margin-top: 14px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend i { width: 14px; height: 10px; border-radius: 2px; }
.legend .dashes { height: 0; border-top: 1.5px dashed var(--ink); border-radius: 0; }
svg[role=img] { display: block; width: 100%; height: auto; overflow: visible; }
.plot path { vector-effect: non-scaling-stroke; }
.axis path { stroke: var(--line); fill: none; }
.axis text { fill: var(--muted); text-anchor: middle; font-size: 12px; font-variant-numeric: tabular-nums; }
.narrow .axis text { font-size: 11px; }
.zoom { border-radius: 6px; }
.zoom:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
.zoom[tabindex] svg[role=img] { cursor: crosshair; touch-action: pan-y; user-select: none; -webkit-user-select: none; }
.stretch { fill: var(--accent); fill-opacity: 0.14; stroke: var(--accent); stroke-width: 1; }
.zoom-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin-top: 8px; font-size: 13px; color: var(--muted); }
.zoom-bar button { font: inherit; min-width: 30px; padding: 1px 9px; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.zoom-bar button:hover { border-color: var(--accent); }
.zoom-bar button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.zoom-bar output { color: var(--ink); font-variant-numeric: tabular-nums; margin: 0 6px; }
.zoom-bar output:empty { display: none; }
.zoomed .zoom-bar span { display: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin-top: 20px; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; min-width: 0; }
.tiles dt { color: var(--muted); font-size: 13px; }
.tiles .value { font-size: 22px; font-weight: 620; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tiles .detail { color: var(--muted); font-size: 12.5px; }
.parts { display: grid; gap: 18px; }
.parts h3 { font-size: 14px; }
.share { display: flex; height: 30px; margin-top: 6px; border-radius: 6px; overflow: hidden; background: var(--line); }
.share i { display: block; min-width: 0; }
.share.beside { height: 8px; margin-top: 4px; background: none; }
.share-key { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 8px; font-size: 13px; color: var(--muted); }
.share-key.shared { margin: 0 0 14px; }
.share-key li { display: flex; align-items: center; gap: 7px; }
.share-key i { width: 10px; height: 10px; border-radius: 2px; }
.share-key b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.strong { font-weight: 600; fill: var(--ink); }
.narrow { display: none; }
.quiet { color: var(--muted); font-size: 13px; margin-top: 8px; }
details { margin-top: 12px; font-size: 13px; }
summary { color: var(--muted); cursor: pointer; width: max-content; max-width: 100%; border-radius: 4px; }
details .scroll { margin-top: 10px; border-radius: 8px; }
details table { font-size: 13px; }
details th, details td { padding: 6px 12px; }
.downloads { margin-top: 12px; display: flex; flex-wrap: wrap; gap: 4px 14px; }
.downloads a { color: var(--accent); }
.notes { margin-top: 36px; }
.notes summary { font-size: 15px; }
.notes ul { margin-top: 10px;  padding-left: 18px; color: var(--muted); max-width: 84ch; }
.notes li + li { margin-top: 6px; }
.notes li { overflow-wrap: anywhere; }
footer { margin-top: 44px; font-size: 13px; color: var(--muted); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 720px) {
  body { padding: 24px 12px 40px; }
  h1 { font-size: 25px; }
  .headline { font-size: 20px; }
  .verdict { padding: 18px; }
  section > figure, .card { padding: 16px 11px; }
  th, td { padding: 8px 11px; }
  tbody th { max-width: 150px; }
  .wide { display: none; }
  .narrow { display: block; max-width: 560px; }
}
@media print {
  body { background: none; max-width: none; padding: 0; }
  .card, section > figure { break-inside: avoid; }
}
`);
