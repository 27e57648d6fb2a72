import { createTask, Queue, run, sleep, taskGroup } from "@overlap/loop";
import { type DeadlockReportOptions, reportDeadlockAtExit } from "@overlap/loop/node";

// A program that runs empty while tasks wait, in the way that its argument says.

const [way = ""] = process.argv.slice(2);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function* consumer(queue: Queue<string>) {
  print(yield* queue.get());
}

function* stuckGroup() {
  yield* taskGroup(function* (group) {
    group.spawn(consumer, new Queue<string>());
    yield* sleep(1);
  });
}

const ways: Record<string, () => unknown> = {
  async awaited() {
    await run(stuckGroup);
  },
  background() {
    createTask(consumer, new Queue<string>());
  },
  async finished() {
    await run(() => sleep(1));
  },
  rescued() {
    const queue = new Queue<string>();
    createTask(consumer, queue);
    process.once("beforeExit", () => setTimeout(() => queue.putNowait("late"), 1));
  },
  exited() {
    createTask(consumer, new Queue<string>());
    setTimeout(() => process.exit(0), 1);
  },
  rescuedThenExited() {
    createTask(consumer, new Queue<string>());
    process.once("beforeExit", () => setTimeout(() => process.exit(0), 1));
  },
  ownCode() {
    process.exitCode = 3;
    createTask(consumer, new Queue<string>());
  },
  disposed() {
    reporting[Symbol.dispose]();
    createTask(consumer, new Queue<string>());
  },
  ownReport() {
    createTask(consumer, new Queue<string>());
  },
};

const own: DeadlockReportOptions = { report: (tasks) => print(`mine: ${tasks}`) };
const reporting = reportDeadlockAtExit(way === "ownReport" ? own : {});
await ways[way]?.();
