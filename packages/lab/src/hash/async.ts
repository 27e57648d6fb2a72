import { checkpoint, type Permit, Semaphore, taskGroup } from "@overlap/loop";
import type { HashStrategy, HashWork } from "./strategy.ts";

/** Hash on the main thread while up to `concurrency` saves are in flight. */
export const async: HashStrategy = {
  name: "async",
  description: "hash on the main thread while saves are in flight",
  saves: "database",
  inFlight: ({ concurrency }) => concurrency,
  *run(work) {
    const limit = new Semaphore(work.concurrency);
    yield* taskGroup(function* (group) {
      for (const text of work.texts) {
        const permit = yield* limit.acquire();
        group.spawn(saveWithin, permit, work, text, work.hash(text));
        yield* checkpoint(); // without it no save would move before the last hash
      }
    });
  },
};

function* saveWithin(permit: Permit, { save }: HashWork, text: string, hash: string) {
  using _permit = permit;
  yield* save(text, hash);
}
