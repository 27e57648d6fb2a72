/**
 * The main job, as one writes it: hash many texts on every core, and save each hash in a database that takes 100 ms to
 * answer, a hundred of them at once. The cores compute while the saves are in flight.
 *
 * It is a job file. With a database of your own (`npx overlap serve`) it can be stopped at any time and go on where it was:
 *
 *   DATABASE=http://127.0.0.1:8080 npx overlap run examples/20-hash-and-save.ts --journal hash.journal
 */
import { Session } from "@overlap/http";
import { spawnDatabase } from "@overlap/lab";
import { httpPost, pipeline, range, threadFunction } from "@overlap/pipeline";

const hashModule = new URL("./threads/hash-text.ts", import.meta.url);
const hashText = threadFunction<typeof import("./threads/hash-text.ts")>(hashModule, "hashText");

/** What is put on the stack is closed when the job has ended. */
export default async function hashAndSave(resources: AsyncDisposableStack) {
  const { DATABASE: address = resources.use(await spawnDatabase({ delayMs: 100 })).address } = process.env;
  const session = resources.use(new Session({ limit: 100, timeoutMs: 10_000 }));

  return pipeline(range(0, 200), { key: (n) => `text ${n}` })
    .map((n) => `text ${n}`)
    .cpu("hash", hashText)
    .to(httpPost(`${address}/add?name=hashes`, { session, body: ({ hash }: { hash: string }) => hash }), {
      name: "save",
      concurrency: 100,
      retry: { attempts: 4 },
    });
}

if (import.meta.main) {
  await using resources = new AsyncDisposableStack();
  const job = await hashAndSave(resources);
  const { delivered, wallMs, stages } = await job.run();
  console.log(`${delivered} hashes saved in ${(wallMs / 1_000).toFixed(2)} s`);
  for (const { name, out, p50Ms } of stages) console.log(`${name}: ${out}, ${p50Ms.toFixed(1)} ms each`);
}
