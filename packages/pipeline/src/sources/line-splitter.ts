/** A line, or that it was longer than it may be. */
export type SplitLine = string | typeof tooLong;

/** Stands for a line that was not kept because of its length. */
export const tooLong: unique symbol = Symbol("too long");

/** Cuts text that comes in pieces into lines, at LF or CRLF; holds no more than one line and one piece. */
export class LineSplitter {
  readonly #maxCharacters: number;
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** The line that goes on is too long already, and the rest of it is dropped as it comes. */
  #dropping = false;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** The lines that end in this piece. */
  push(piece: Uint8Array | string): SplitLine[] {
    const text = typeof piece === "string" ? piece : this.#decoder.decode(piece, { stream: true });
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    const ended: SplitLine[] = lines.map((line) => this.#fit(line));
    if (this.#dropping && ended.length > 0) {
      ended[0] = tooLong;
      this.#dropping = false;
    }
    if (this.#rest.length > this.#maxCharacters) {
      this.#dropping = true;
      this.#rest = "";
    }
    return ended;
  }

  /** The last line, if the text doesn't end with the end of one. */
  end(): SplitLine[] {
    const lines = this.push(this.#decoder.decode());
    if (this.#dropping) return [...lines, tooLong];
    return this.#rest === "" ? lines : [...lines, this.#fit(this.#rest)];
  }

  #fit(line: string): SplitLine {
    if (line.length > this.#maxCharacters) return tooLong;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}
