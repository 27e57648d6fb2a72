import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A figure that stands for itself, and the most that it may be. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly figure: number;
  readonly atMost: number;
  readonly met: boolean;
  /** What else was seen. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

const execute = promisify(execFile);

/** Heap of a queued request, a million requests in little memory, and a host that stalls. */
export async function takeFigures(url: string): Promise<readonly Figure[]> {
  return [await queuedHeap(url), await million(url), await stalledHost(url)];
}

async function queuedHeap(url: string): Promise<Figure> {
  const bytes = Number(await runChild("queued-heap.ts", ["--expose-gc"], [url]));
  return toFigure("heap of a queued session.get(), 100,000 queued", "bytes", bytes, 1_000);
}

async function million(url: string): Promise<Figure> {
  const printed = await runChild("million.ts", ["--max-old-space-size=64"], [url]);
  const { answered, rssMiB } = JSON.parse(printed) as { readonly answered: number; readonly rssMiB: number };
  const title = "of 1,000,000 lazy requests under --max-old-space-size=64, not answered";
  return { ...toFigure(title, "requests", 1_000_000 - answered, 0), beside: { rssMiB } };
}

async function stalledHost(url: string): Promise<Figure> {
  const printed = await runChild("stalled-host.ts", [], [url]);
  const wallMs = JSON.parse(printed) as { readonly without: number[]; readonly with: number[] };
  const [alone, beside] = [Math.min(...wallMs.without), Math.min(...wallMs.with)];
  const title = "999 hosts beside one that stalls for ever, against without it";
  return { ...toFigure(title, "×", beside / alone, 1.05), beside: { wallMs } };
}

function toFigure(title: string, unit: string, figure: number, atMost: number): Figure {
  return { title, unit, figure, atMost, met: figure <= atMost };
}

async function runChild(file: string, flags: readonly string[], args: readonly string[]): Promise<string> {
  const path = new URL(file, import.meta.url).pathname;
  const { stdout } = await execute(process.execPath, [...process.execArgv, ...flags, path, ...args]);
  return stdout.trim();
}
