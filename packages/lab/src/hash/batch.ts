import { checkpoint } from "@overlap/loop";
import { Batcher, threadFunction } from "@overlap/pipeline";
import type { Trace } from "@overlap/trace";
import type { BatchRow, saveBatchRow } from "./save-row.ts";
import type { HashStrategy } from "./strategy.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const saveModule = new URL(`./save-row${ending}`, import.meta.url);
const saveOnThread = threadFunction<{ saveBatchRow: typeof saveBatchRow }, "saveBatchRow">(
  saveModule,
  "saveBatchRow",
);

/** A synchronous program with a `Batcher`: it hashes, and whenever there is a batch, all of it is saved at once while the program waits. */
export const batch: HashStrategy = {
  name: "batch",
  description:
    "hash a batch, save it all at once, wait for all, then the next: a synchronous program with a Batcher",
  saves: "database",
  inFlight: ({ batchSize }) => batchSize,
  *run({ texts, hash, batchSize, saveUrl: url, trace, advance }) {
    const times = new Float64Array(new SharedArrayBuffer(texts.length * 2 * Float64Array.BYTES_PER_ELEMENT));
    const batcher = new Batcher<BatchRow>(saveOnThread, { items: batchSize });
    try {
      for (const [index, text] of texts.entries()) {
        batcher.save({ url, text, hash: hash(text), times, place: index * 2 });
        advance();
        yield* checkpoint(); // only so that it can be stopped
      }
      batcher.flush();
    } finally {
      batcher.takeUnsaved(); // what was cancelled or failed is not saved when the process ends
      traceSaves(trace, times);
    }
  },
};

function traceSaves(trace: Trace, times: Float64Array): void {
  for (let place = 0; place < times.length; place += 2) {
    const [startMs = 0, endMs = 0] = times.subarray(place, place + 2);
    if (startMs > 0) trace.span("save", "io", "save", startMs, Math.max(startMs, endMs), endMs > 0);
  }
}
