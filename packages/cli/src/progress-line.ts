import type { LabProgress } from "@overlap/lab";
import { Presets, SingleBar } from "cli-progress";

const plainEveryMs = 5_000;

/** Shows on stderr how far a run is: a bar on a terminal, else a line when a strategy begins and every five seconds. */
export interface ProgressLine extends Disposable {
  update(progress: LabProgress): void;
}

/** A bar where there is a terminal, plain lines where there is none, nothing when `quiet`. */
export function createProgressLine(quiet: boolean): ProgressLine {
  if (quiet) return { update() {}, [Symbol.dispose]() {} };
  return process.stderr.isTTY ? new ProgressBar() : new PlainProgress();
}

class ProgressBar implements ProgressLine {
  readonly #bar = new SingleBar(
    {
      stream: process.stderr,
      format: "{strategy} {bar} {value}/{total}  {rate}/s  {eta_formatted} left",
      clearOnComplete: true,
      hideCursor: true,
      fps: 10,
    },
    Presets.shades_classic,
  );
  #strategy = "";
  #startMs = 0;

  update({ strategy, done, items }: LabProgress): void {
    if (strategy !== this.#strategy) {
      if (this.#strategy !== "") this.#bar.stop();
      this.#strategy = strategy;
      this.#startMs = performance.now();
      this.#bar.start(items, 0, { strategy: strategy.padEnd(10), rate: "–" });
    }
    this.#bar.update(done, { rate: perSecond(done, this.#startMs) });
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}

class PlainProgress implements ProgressLine {
  #strategy = "";
  #startMs = 0;
  #writtenMs = performance.now();

  update({ strategy, done, items }: LabProgress): void {
    const nowMs = performance.now();
    if (strategy !== this.#strategy) {
      this.#strategy = strategy;
      this.#startMs = nowMs;
      process.stderr.write(`${strategy}: ${items} items\n`);
    }
    if (nowMs - this.#writtenMs < plainEveryMs) return;
    this.#writtenMs = nowMs;
    process.stderr.write(`${strategy}: ${done} of ${items}, ${perSecond(done, this.#startMs)}/s\n`);
  }

  [Symbol.dispose](): void {}
}

function perSecond(done: number, startMs: number): string {
  const seconds = (performance.now() - startMs) / 1_000;
  return seconds > 0 ? String(Math.round(done / seconds)) : "–";
}
