import { Queue } from "@overlap/loop";
import type { Job } from "./job.ts";
import type { SinkFunction } from "./sinks/sink.ts";

/** Runs the job whose sink hands over to whoever iterates. */
export async function* iterateResults<T>(
  jobFor: (sink: SinkFunction<T>) => Job,
): AsyncGenerator<T, void, undefined> {
  // Wrapped, because a queue refuses items that can be awaited.
  const results = new Queue<{ readonly value: T }>({ maxSize: 1 });
  const stop = new AbortController();
  const job = jobFor((value) => results.put({ value }));
  const running = job.run({ signal: stop.signal });
  running.addDoneCallback(() => results.shutdown());
  try {
    for await (const { value } of results) yield value;
    await running;
  } finally {
    stop.abort();
    await running.catch(() => {});
  }
}
