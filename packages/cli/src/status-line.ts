const plainEveryMs = 5_000;
/** Back to the start of the line, and nothing on it. */
const clearLine = "\r\u001b[K";

/** A line on stderr that says how far a run is. */
export interface StatusLine extends Disposable {
  /** Shows what `text` gives, if it is time for it. */
  update(text: () => string): void;
}

/** Written over and over where there is a terminal; a line every five seconds where there is none. */
export function createStatusLine(): StatusLine {
  return process.stderr.isTTY ? new LiveLine() : new PlainLines();
}

/** Writes a message for people, in place of a status line that may be shown. */
export function say(message: string): void {
  process.stderr.write(`${process.stderr.isTTY ? clearLine : ""}${message}\n`);
}

/** A line that is longer than the terminal is wide would stay. */
class LiveLine implements StatusLine {
  update(text: () => string): void {
    process.stderr.write(`${clearLine}${text().slice(0, process.stderr.columns - 1)}`);
  }

  [Symbol.dispose](): void {
    process.stderr.write(clearLine);
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
