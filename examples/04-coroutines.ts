/**
 * Coroutines and tasks: `yield*` waits, a task runs beside the others, and a cancel is an error at the place that waits.
 */
import {
  asCompleted,
  type CancelledError,
  type Coroutine,
  checkpoint,
  createTask,
  currentLoop,
  gather,
  run,
  sleep,
  type Task,
  wait,
} from "@overlap/loop";

function* save(name: string, delayMs: number): Coroutine<string> {
  yield* sleep(delayMs);
  return `${name} saved`;
}

/** Computes four results in slices of 2 ms, and starts to save each; `pause` is what it does between two slices. */
function* computeAndSave(pause: () => Coroutine<void>): Coroutine<string> {
  const events: string[] = [];
  const saves: Task<string>[] = [];
  for (const result of [1, 2, 3, 4]) {
    for (let slice = 0; slice < 10; slice++) {
      burn(2);
      yield* pause();
    }
    events.push(`computed ${result}`);
    const saving = createTask(save, String(result), 5);
    saving.addDoneCallback((done) => events.push(done.result()));
    saves.push(saving);
  }
  yield* gather(saves);
  return events.join(", ");
}

/** Computes, and lets nobody else run meanwhile. */
function burn(durationMs: number): void {
  const untilMs = currentLoop().now() + durationMs;
  while (currentLoop().now() < untilMs);
}

function* nothing(): Coroutine<void> {}

function* letOthersRun(): Coroutine<void> {
  yield* checkpoint();
}

function* patient(): Coroutine<void> {
  try {
    yield* sleep(3_600_000);
  } catch (error) {
    console.log(`cancelled at its wait, because ${String((error as CancelledError).reason)}`);
    throw error;
  }
}

await run(function* main() {
  const names = ["slow", "fast", "medium"];
  const delays = [60, 20, 40];
  const start = () => names.map((name, index) => createTask(save, name, delays[index] ?? 0));

  console.log(`gather, in the order of the calls: ${(yield* gather(start())).join(", ")}`);

  const order: string[] = [];
  for (const next of asCompleted(start())) order.push(yield* next);
  console.log(`asCompleted, in the order of their ends: ${order.join(", ")}`);

  const { done, pending } = yield* wait(start(), { returnWhen: "firstCompleted" });
  console.log(`wait for the first: ${done.size} done, ${pending.size} pending`);
  yield* wait(pending);

  const task = createTask(patient);
  yield* checkpoint();
  task.cancel("nobody asks any more");
  yield* wait([task]);
  console.log(`the task is ${task.state}`);

  console.log(`without a turn for others: ${yield* computeAndSave(nothing)}`);
  console.log(`with one after each slice: ${yield* computeAndSave(letOthersRun)}`);
});
