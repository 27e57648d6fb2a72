import { asyncNative } from "./async-native.ts";
import { callbacks } from "./callbacks.ts";
import { clientQueue } from "./client-queue.ts";
import { coroutines } from "./coroutines.ts";
import { futures } from "./futures.ts";
import { greenlets } from "./greenlets.ts";
import { serial } from "./serial.ts";
import type { CrawlStrategy } from "./strategy.ts";
import { threads } from "./threads.ts";
import { waves } from "./waves.ts";

/** The ways of writing the crawler. */
export const crawlStrategies: readonly CrawlStrategy[] = [
  serial,
  callbacks,
  futures,
  greenlets,
  clientQueue,
  coroutines,
  waves,
  asyncNative,
  threads,
];
