import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RunRecorder, Trace } from "@overlap/trace";

const SPANS = 1_000_000;
const ROUNDS = 5;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Read once, so that V8 has joined their parts: that is neither time nor memory of the trace. */
const urls = Array.from({ length: SPANS }, (_, i) => `https://example.org/catalogue/items/${i}`);
for (const url of urls) url.charCodeAt(url.length - 1);

/** What a span costs, beside reading the clock three times and beside pushing an object onto an array. */
const contenders: Readonly<Record<string, () => () => void>> = {
  "3 × performance.now()": () => () => {
    for (let i = 0; i < SPANS; i++) sink(performance.now() + performance.now() + performance.now());
  },
  "object pushed onto an array": () => {
    const all: object[] = [];
    return () => {
      for (let i = 0; i < SPANS; i++) {
        all.push({ lane: "fetch", kind: "io", label: urls[i], startMs: i, endMs: i + 1, ok: true });
      }
      sink(all.length);
    };
  },
  "span, one label": () => recordInto(new Trace(), () => "hash"),
  "span, every label different": () => recordInto(new Trace(), (i) => urls[i] ?? ""),
  "span, every label new to the trace": () => {
    const traces = Array.from({ length: 10 }, () => new Trace());
    return () => {
      for (let i = 0; i < SPANS; i++)
        traces[Math.floor(i / 100_000)]?.span("fetch", "io", urls[i] ?? "", i, i + 1);
      sink(traces.length);
    };
  },
  "span, sampled above a limit of 10,000": () =>
    recordInto(new Trace({ limit: 10_000 }), (i) => urls[i] ?? ""),
  "no trace: one branch": () => {
    const trace: Trace | undefined = last < 0 ? new Trace() : undefined;
    return () => {
      for (let i = 0; i < SPANS; i++) trace?.span("fetch", "io", urls[i] ?? "", i, i + 1);
    };
  },
  "flight begins and ends, others in flight": () => {
    const recorder = new RunRecorder();
    recorder.flight(1);
    return () => flights(recorder);
  },
  "flight begins and ends, from 0 to 0": () => {
    const recorder = new RunRecorder();
    return () => flights(recorder);
  },
};

/**
 * Prints nanoseconds of CPU a span (best of five interleaved rounds of a million), the ratio to reading the clock three times, and
 * the memory of a million.
 */
export async function bench(): Promise<void> {
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, prepare] of Object.entries(contenders)) {
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, nanosecondsEach(prepare())));
    }
  }
  const clock = best.get("3 × performance.now()") ?? Number.NaN;
  for (const [name, ns] of best) {
    console.log(
      `${name.padEnd(40)} ${ns.toFixed(0).padStart(5)} ns  ${(ns / clock).toFixed(2).padStart(5)} ×`,
    );
  }
  for (const name of ["span, one label", "span, every label different"]) {
    console.log(`${name.padEnd(40)} ${((await bytesHeld(name)) / 1e6).toFixed(1).padStart(5)} MB a million`);
  }
}

function recordInto(trace: Trace, label: (i: number) => string): () => void {
  return () => {
    for (let i = 0; i < SPANS; i++) trace.span("fetch", "io", label(i), i, i + 1);
    sink(trace.size);
  };
}

function flights(recorder: RunRecorder): void {
  for (let i = 0; i < SPANS; i++) {
    recorder.flight(1);
    recorder.flight(-1);
  }
}

/** CPU time: on a shared machine the wall time says what others did. */
function nanosecondsEach(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1e3) / SPANS;
}

/** The labels are those of `urls`, which are alive anyway: only what the trace adds is counted. */
async function bytesHeld(name: string): Promise<number> {
  const before = await usedBytes();
  const run = contenders[name]?.();
  run?.();
  const held = (await usedBytes()) - before;
  run?.();
  return held;
}

async function usedBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let last = 0;

/** Keeps the compiler from leaving out work whose result nobody reads. */
function sink(value: number): void {
  last = value;
  if (last === Number.NEGATIVE_INFINITY) console.log(last);
}
