import { Worker } from "node:worker_threads";
import { type Coroutine, createTask, Future, run } from "@overlap/loop";

/** Something that waits, of which many are made and counted in bytes. */
export interface MemorySubject {
  readonly name: string;
  readonly description: string;
  /** How it is stopped from outside. */
  readonly stoppedBy: string;
  /** True for what the JavaScript heap doesn't hold, so that the memory of the whole process is looked at. */
  readonly outsideHeap: boolean;
  /** Makes `kept.length` of them, puts them there, and calls `measure` when all wait; then ends them. */
  hold(kept: unknown[], measure: () => void): Promise<void>;
}

function* suspended(): Generator<number> {
  yield 1;
}

function* waitFor(gate: Future<void>): Coroutine<void> {
  yield* gate;
}

async function awaitPromise(gate: Promise<void>): Promise<void> {
  await gate;
}

/** What is measured, lightest first. */
export const memorySubjects: readonly MemorySubject[] = [
  {
    name: "promise",
    description: "a promise that nothing resolves",
    stoppedBy: "–",
    outsideHeap: false,
    async hold(kept, measure) {
      for (let index = 0; index < kept.length; index++) kept[index] = new Promise(() => {});
      measure();
    },
  },
  {
    name: "future",
    description: "a Future that nothing completes",
    stoppedBy: "cancel()",
    outsideHeap: false,
    async hold(kept, measure) {
      for (let index = 0; index < kept.length; index++) kept[index] = new Future<void>();
      measure();
    },
  },
  {
    name: "generator",
    description: "a generator that has run to its first yield: a coroutine without a task",
    stoppedBy: "return()",
    outsideHeap: false,
    async hold(kept, measure) {
      for (let index = 0; index < kept.length; index++) {
        const generator = suspended();
        generator.next();
        kept[index] = generator;
      }
      measure();
    },
  },
  {
    name: "async function",
    description: "a native async function that waits for a promise",
    stoppedBy: "nothing",
    outsideHeap: false,
    async hold(kept, measure) {
      const { promise, resolve } = Promise.withResolvers<void>();
      for (let index = 0; index < kept.length; index++) kept[index] = awaitPromise(promise);
      await Promise.resolve();
      measure();
      resolve();
      await Promise.all(kept);
    },
  },
  {
    name: "task",
    description: "a task whose coroutine waits for a future",
    stoppedBy: "cancel(), at its wait",
    outsideHeap: false,
    async hold(kept, measure) {
      await run(function* () {
        const gate = new Future<void>();
        for (let index = 0; index < kept.length; index++) kept[index] = createTask(waitFor, gate);
        yield* createTask(function* () {}); // is behind them, so they all wait by then
        measure();
        gate.setResult();
      });
    },
  },
  {
    name: "thread",
    description: "a worker thread that waits for a message",
    stoppedBy: "terminate(), in the middle of whatever it does",
    outsideHeap: true,
    async hold(kept, measure) {
      const workers = kept.map(() => startIdleThread());
      try {
        kept.splice(0, kept.length, ...(await Promise.all(workers.map(ready))));
        measure();
      } finally {
        await Promise.all(workers.map((worker) => worker.terminate()));
      }
    },
  },
];

function startIdleThread(): Worker {
  const program = `require("node:worker_threads").parentPort.on("message", () => {}).postMessage("ready")`;
  return new Worker(program, { eval: true, execArgv: [] });
}

async function ready(worker: Worker): Promise<Worker> {
  const { promise, resolve, reject } = Promise.withResolvers<Worker>();
  worker.once("message", () => resolve(worker));
  worker.once("error", reject);
  return await promise;
}
