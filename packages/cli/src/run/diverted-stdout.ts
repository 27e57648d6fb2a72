import { print } from "../stdout.ts";

/** Stdout kept for one document: what others write there goes to stderr meanwhile. */
export class DivertedStdout implements Disposable {
  readonly #write = process.stdout.write;

  constructor() {
    process.stdout.write = process.stderr.write.bind(process.stderr);
  }

  /** Prints to the real stdout. @throws as `print`. */
  async print(text: string): Promise<void> {
    const diverted = process.stdout.write;
    process.stdout.write = this.#write;
    try {
      await print(text);
    } finally {
      process.stdout.write = diverted;
    }
  }

  [Symbol.dispose](): void {
    process.stdout.write = this.#write;
  }
}
