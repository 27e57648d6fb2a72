/** Stdout kept for one document: what others write there goes to stderr meanwhile. */
export class DivertedStdout implements Disposable {
  readonly #write = process.stdout.write;

  constructor() {
    process.stdout.write = process.stderr.write.bind(process.stderr);
  }

  /** Writes to the real stdout. */
  write(text: string): void {
    this.#write.call(process.stdout, text);
  }

  [Symbol.dispose](): void {
    process.stdout.write = this.#write;
  }
}
