import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Contender, conclude, type Measure, type Measured, sampleRounds } from "../loop/rounds.ts";

const queued = "a queued session.get(), its URL and future";
const answered = "fetchMany, --max-old-space-size=64";
const [without, beside] = ["999 hosts", "999 hosts and one that stalls for ever"];

/** What a process of its own finds out: the heap of a queued request, a million requests in little memory, a host that stalls. */
export async function* takeAlone(url: string): AsyncGenerator<Measured> {
  for (const measure of [heapOf(url), millionOf(url), stalledHostOf(url)]) {
    const samples = await sampleRounds(measure, (index) => (measure.contenders[index] as Contender).sample());
    yield conclude(measure, samples);
  }
}

function heapOf(url: string): Measure {
  return {
    title: "heap of each of 100,000 queued requests",
    unit: "B",
    rounds: 3,
    warmUps: 0,
    contenders: [program(queued, "queued-heap.ts", ["--expose-gc"], [url])],
    targets: [{ contender: queued, statistic: "max", atMost: 1_000 }],
  };
}

function millionOf(url: string): Measure {
  return {
    title: "of 1,000,000 lazy requests, not answered",
    unit: "requests",
    rounds: 1,
    warmUps: 0,
    contenders: [program(answered, "million.ts", ["--max-old-space-size=64"], [url, "1000000"])],
    targets: [{ contender: answered, statistic: "max", atMost: 0 }],
  };
}

/** As if it were not there, but for the noise of a shared machine. */
function stalledHostOf(url: string): Measure {
  return {
    title: "five requests to each of 999 hosts, 100 in flight, 2 to each host",
    unit: "ms",
    rounds: 5,
    warmUps: 1,
    contenders: [
      program(without, "stalled-host.ts", [], [url]),
      program(beside, "stalled-host.ts", [], [url, "stalled"]),
    ],
    targets: [{ contender: beside, statistic: "ratio", atMost: 1.05, baseline: without }],
  };
}

/** A contender that is started anew for each sample, and prints it. */
function program(name: string, file: string, flags: readonly string[], args: readonly string[]): Contender {
  const path = new URL(file, import.meta.url).pathname;
  const command = [...process.execArgv, ...flags, path, ...args];
  return { name, sample: async () => Number((await promisify(execFile)(process.execPath, command)).stdout) };
}
