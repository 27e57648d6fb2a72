import { execSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { type Breakdown, breakDown } from "@overlap/report";
import { RunRecorder } from "@overlap/trace";

/** Three stretches of which one knows where they belong: what each really took, and what it was taken for. */
export interface Attribution {
  readonly part: keyof Breakdown;
  readonly what: string;
  readonly trueMs: number;
  readonly saidMs: number;
}

const SPIN_MS = 400;
const WAIT_MS = 300;

/** Spins for 400 ms of CPU, blocks for 300 ms in `execSync` and waits 300 ms for something in flight. */
export async function attribute(): Promise<Attribution[]> {
  const recorder = new RunRecorder();
  const spunMs = spin();
  const blockedMs = block();
  recorder.flight(1);
  const fromMs = performance.now();
  await delay(WAIT_MS);
  const waitedMs = performance.now() - fromMs;
  recorder.flight(-1);
  const said = breakDown(recorder.stop());
  return [
    { part: "javascriptMs", what: "spinning", trueMs: spunMs, saidMs: said.javascriptMs },
    { part: "blockedMs", what: "execSync", trueMs: blockedMs, saidMs: said.blockedMs },
    { part: "waitingMs", what: "waiting", trueMs: waitedMs, saidMs: said.waitingMs },
  ];
}

function spin(): number {
  const before = process.threadCpuUsage();
  let usedMs = 0;
  while (usedMs < SPIN_MS) {
    const { user, system } = process.threadCpuUsage(before);
    usedMs = (user + system) / 1_000;
  }
  return usedMs;
}

function block(): number {
  const fromMs = performance.now();
  execSync(`sleep ${WAIT_MS / 1_000}`);
  return performance.now() - fromMs;
}
