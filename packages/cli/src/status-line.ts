import { Presets, SingleBar } from "cli-progress";

const plainEveryMs = 5_000;

/** A line on stderr that says how far a run is. */
export interface StatusLine extends Disposable {
  /** Shows what `text` gives, if it is time for it. */
  update(text: () => string): void;
}

/** Written over and over where there is a terminal; a line every five seconds where there is none; nothing when `quiet`. */
export function createStatusLine(quiet: boolean): StatusLine {
  if (quiet) return { update() {}, [Symbol.dispose]() {} };
  return process.stderr.isTTY ? new LiveLine() : new PlainLines();
}

class LiveLine implements StatusLine {
  #text = () => "";
  readonly #bar = new SingleBar(
    {
      stream: process.stderr,
      format: () => this.#text(),
      clearOnComplete: true,
      hideCursor: true,
      fps: 10,
    },
    Presets.shades_classic,
  );
  #started = false;

  update(text: () => string): void {
    this.#text = text;
    if (this.#started) this.#bar.update(0);
    else this.#bar.start(1, 0);
    this.#started = true;
  }

  [Symbol.dispose](): void {
    if (this.#started) this.#bar.stop();
  }
}

class PlainLines implements StatusLine {
  #writtenMs = performance.now();

  update(text: () => string): void {
    const nowMs = performance.now();
    if (nowMs - this.#writtenMs < plainEveryMs) return;
    this.#writtenMs = nowMs;
    process.stderr.write(`${text()}\n`);
  }

  [Symbol.dispose](): void {}
}
