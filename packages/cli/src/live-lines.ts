import type { WriteStream } from "node:tty";

/**
 * Lines at the foot of a terminal that are drawn anew again and again. What others write to the terminal meanwhile appears above them.
 */
export class LiveLines implements Disposable {
  readonly #terminal: WriteStream;
  readonly #restore = new DisposableStack();
  /** Lines on the screen now, the cursor below them. */
  #shown = 0;
  /** Somebody has begun a line and not ended it. */
  #lineOpen = false;
  #drawing = false;

  /** Both outputs may lead to the same terminal; `others` are those that do. */
  constructor(terminal: WriteStream, others: readonly WriteStream[]) {
    this.#terminal = terminal;
    for (const stream of new Set([terminal, ...others])) this.#watch(stream);
  }

  /** Draws these lines in place of those before. */
  show(lines: readonly string[]): void {
    const columns = this.#terminal.columns || 80; // some terminals don't say
    const rows = this.#terminal.rows || 24;
    const fitting = lines.slice(0, Math.max(1, rows - 1)).map((line) => line.slice(0, columns - 1));
    this.#draw(
      `${this.#eraser()}${this.#lineOpen ? "\n" : ""}${fitting.map((line) => `${line}\n`).join("")}`,
    );
    this.#shown = fitting.length;
    this.#lineOpen = false;
  }

  /** Takes the lines away. */
  [Symbol.dispose](): void {
    this.#erase();
    this.#restore.dispose();
  }

  #erase(): void {
    if (this.#shown > 0) this.#draw(this.#eraser());
    this.#shown = 0;
  }

  /** Up to the first of the lines, and everything from there away. */
  #eraser(): string {
    return this.#shown === 0 ? "" : `\r\x1b[${this.#shown}A\x1b[0J`;
  }

  #draw(text: string): void {
    this.#drawing = true;
    this.#terminal.write(text);
    this.#drawing = false;
  }

  #watch(stream: WriteStream): void {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (...args: unknown[]) => {
      if (!this.#drawing) this.#makeRoom(String(args[0]));
      return write(...args);
    };
    this.#restore.defer(() => {
      stream.write = write as WriteStream["write"];
    });
  }

  #makeRoom(text: string): void {
    this.#erase();
    this.#lineOpen = !text.endsWith("\n");
  }
}
