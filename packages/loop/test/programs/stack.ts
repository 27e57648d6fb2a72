import {
  type Coroutine,
  co,
  createTask,
  currentTask,
  Event,
  run,
  sleep,
  type Task,
  taskGroup,
  timeout,
} from "@overlap/loop";

const never = new Event();
const inner = co(function* inner() {
  yield* never.wait();
});
function* plain() {
  yield* inner();
}
function* outer() {
  yield* plain();
}
function* limited() {
  yield* timeout(60_000, outer());
}
function native(signal: AbortSignal) {
  return new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}
function* grouped() {
  yield* taskGroup(function* body() {
    yield* never.wait();
  });
}

/** Prints the stacks of waiting tasks, one array of frames a line. */
await run(function* main() {
  const tasks = [limited, native, grouped].map((fn) => createTask(fn as () => Coroutine<void>));
  yield* sleep(1);
  for (const task of [...tasks, currentTask() as Task<unknown>]) {
    process.stdout.write(`${JSON.stringify(task.stack())}\n`);
  }
});
