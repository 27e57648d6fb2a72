/** Tutorial, step 5: a window of saves in flight. The next text is hashed when there is room, and the loop gets its turn in between. */
import { checkpoint, type Permit, run, Semaphore, taskGroup, until } from "@overlap/loop";
import { hash, measure, type Save, texts } from "./tutorial/work.ts";

const limit = 25;

function* saveWithin(permit: Permit, save: Save, text: string, hashed: string) {
  using _permit = permit;
  yield* until(save(text, hashed));
}

function* hashAndSave(save: Save) {
  const window = new Semaphore(limit);
  yield* taskGroup(function* (group) {
    for (const text of texts) {
      const permit = yield* window.acquire();
      group.spawn(saveWithin, permit, save, text, hash(text));
      yield* checkpoint(); // without it no save would move before the last hash
    }
  });
}

await measure("a window", (save) => run(() => hashAndSave(save)), { limit });
