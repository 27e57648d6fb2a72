import { isInMemory, measureDisk } from "./disk.ts";
import type { CacheSizes } from "./machine.ts";
import type { ResolvedLatencyOptions } from "./options.ts";
import { chasePointers } from "./pointer-chase.ts";
import { measureConnects, measureRoundTrips, measureTurns } from "./round-trips.ts";

/** One thing to measure; some give several figures at once. */
export interface LatencySubject {
  readonly name: string;
  /** The figures that it gives, fastest first. */
  readonly figures: readonly string[];
  measure(options: ResolvedLatencyOptions): Promise<readonly (readonly number[])[]>;
}

/** A pointer chase needs no more samples than that: each is the mean of many reads. */
const mostChases = 15;

/** What is measured, fastest first. */
export function latencySubjects(caches: CacheSizes): LatencySubject[] {
  return [
    chase("L1 cache", caches.l1 / 2),
    chase("L2 cache", Math.max(caches.l1 * 4, caches.l2 / 2)),
    chase("L3 cache", Math.max(caches.l2 * 4, caches.l3 / 4)),
    chase("RAM", Math.min(2 ** 28, Math.max(2 ** 27, caches.l3 * 4))),
    {
      name: "loop",
      figures: ["turn of the loop"],
      measure: async ({ samples }) => [await measureTurns(samples)],
    },
    {
      name: "round trips",
      figures: ["thread round trip", "loopback round trip"],
      async measure({ samples }) {
        const { threadNs, loopbackNs } = await measureRoundTrips(samples);
        return [threadNs, loopbackNs];
      },
    },
    { name: "disk", figures: ["disk read of 4 KiB", "disk write and fsync"], measure: disk },
    { name: "network", figures: ["network connect"], measure: network },
  ];
}

function chase(name: string, bytes: number): LatencySubject {
  return {
    name,
    figures: [name],
    measure: async ({ samples }) => [chasePointers(bytes, Math.min(samples, mostChases))],
  };
}

async function disk({ folder, samples }: ResolvedLatencyOptions): Promise<readonly (readonly number[])[]> {
  if (isInMemory(folder)) throw new Error(`${folder} is kept in memory; name a folder on a disk`);
  const { readNs, fsyncNs } = measureDisk(folder, samples);
  return [readNs, fsyncNs];
}

async function network({ remote }: ResolvedLatencyOptions): Promise<readonly (readonly number[])[]> {
  if (remote === undefined) throw new Error("no host was named");
  const connects = 5;
  return [await measureConnects(remote.host, remote.port, connects)];
}
