import { closeSync, openSync, writeSync } from "node:fs";
import { checkpoint } from "@overlap/loop";
import type { HashStrategy } from "./strategy.ts";

/** Hashes on the main thread and writes each hash into a file: what saving costs where it does not wait for a network. */
export const fileIo: HashStrategy = {
  name: "file-io",
  description: "hash on the main thread, write each into a file",
  saves: "file",
  inFlight: () => 0,
  *run({ texts, hash, file, trace, advance }) {
    const open = openSync(file, "a");
    try {
      for (const text of texts) {
        const line = `${text} ${hash(text)}\n`;
        const startMs = trace.now();
        writeSync(open, line);
        trace.span("write", "blocked", text, startMs, trace.now());
        advance();
        yield* checkpoint();
      }
    } finally {
      closeSync(open);
    }
  },
};
