import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline, range } from "@overlap/pipeline";

/** `ten-million.ts ITEMS`: that many items through two stages and a batch, with a journal; prints a line of JSON. */

const items = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "overlap-million-"));
let sum = 0;
try {
  const startMs = performance.now();
  const { delivered } = await pipeline(range(0, items))
    .io("double", async (n) => 2 * n, { concurrency: 100 })
    .io("halve", async (n) => n / 2, { concurrency: 100 })
    .batch({ items: 1_000 })
    .to(
      async (batch) => {
        for (const n of batch) sum += n;
      },
      { journal: join(folder, "job.db") },
    )
    .run();
  if (delivered !== items || sum !== (items * (items - 1)) / 2)
    throw new Error(`${delivered} items came to ${sum}`);
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage();
  const rssMb = process.resourceUsage().maxRSS / 1_024;
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000, rssMb }));
} finally {
  rmSync(folder, { recursive: true });
}
