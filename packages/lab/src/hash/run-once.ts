import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@overlap/http";
import { itemsOf } from "../items-plan.ts";
import type { LabDatabase } from "../lab-database.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import type { ResolvedHashOptions } from "./options.ts";
import type { HashStrategy } from "./strategy.ts";
import { randomTexts } from "./texts.ts";
import { type Verification, verifyFile, verifyRows } from "./verify.ts";
import { createHashWork } from "./work.ts";

/** One run of one strategy, with its rows read back. */
export interface HashRun extends StrategyRun, Verification {}

/** Runs a strategy once, with rows of its own, and reads them back. @throws RowsMissingError. */
export async function runHashOnce(
  strategy: HashStrategy,
  options: ResolvedHashOptions,
  database: LabDatabase,
): Promise<HashRun> {
  const { seed, signal, onProgress, concurrency } = options;
  const items = itemsOf(options.plan, strategy.name);
  const texts = randomTexts(items, seed);
  const rowName = `${strategy.name}-${crypto.randomUUID()}`;
  const saveUrl = `${database.address}/add?name=${encodeURIComponent(rowName)}`;
  await using session = new Session({ limit: concurrency });
  await using folder = await mkdtempDisposable(join(tmpdir(), "overlap-hash-"));
  const file = join(folder.path, "hashes.txt");
  let done = 0;
  const advance = () => onProgress?.({ strategy: strategy.name, done: ++done, items });
  const run = await runStrategy({
    strategy: strategy.name,
    items,
    signal,
    serverCpuMs: () => database.cpuMs(),
    work: (trace) => {
      return () =>
        strategy.run(createHashWork({ ...options, texts, session, saveUrl, file, trace, advance }));
    },
  });
  if (strategy.saves === "file") return { ...run, ...(await verifyFile(file, texts)) };
  if (strategy.saves === "nowhere") return { ...run, saved: 0, verified: false };
  return { ...run, ...(await verifyRows(session, database.address, rowName, texts)) };
}
