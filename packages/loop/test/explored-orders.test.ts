import {
  CancelledError,
  type Coroutine,
  checkpoint,
  createTask,
  currentLoop,
  currentTask,
  each,
  gatherSettled,
  mapOrdered,
  mapUnordered,
  Semaphore,
  sleep,
  type Task,
  TimeoutError,
  taskGroup,
  timeout,
  type Waitable,
  wait,
} from "@overlap/loop";
import { explore } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

const seeds = 1_000;

describe(`over ${seeds} orders of ready tasks`, () => {
  it("a semaphore conserves its permits, lets no more in than it has, and grants in the order of asking", async () => {
    await explore(
      function* () {
        const limit = new Semaphore(3);
        const asked: number[] = [];
        const granted: number[] = [];
        let inside = 0;
        function* worker(id: number): Coroutine<void> {
          for (let i = 0; i < id % 3; i++) yield* checkpoint();
          const wish = limit.acquire();
          asked.push(id);
          wish.addDoneCallback(({ state }) => {
            if (state === "fulfilled") granted.push(id);
            else asked.splice(asked.indexOf(id), 1);
          });
          using _permit = yield* wish;
          try {
            expect(++inside).toBeLessThanOrEqual(3);
            for (let i = 0; i < id % 4; i++) yield* checkpoint();
            if (id % 5 === 0) yield* sleep(id);
          } finally {
            inside--;
          }
        }
        const workers = Array.from({ length: 12 }, (_, id) => createTask(worker, id));
        createTask(function* canceller() {
          for (const id of [4, 7, 10]) {
            yield* checkpoint();
            workers[id]?.cancel();
          }
        });
        yield* gatherSettled(workers);
        expect([limit.free, limit.waiting, inside]).toEqual([3, 0, 0]);
        expect(granted).toEqual(asked);
      },
      { seeds },
    );
  });

  it("a semaphore gives a timed wait a permit or an error, never both nor neither", async () => {
    await explore(
      function* () {
        const limit = new Semaphore(1);
        let [served, late] = [0, 0];
        function* worker(id: number): Coroutine<void> {
          try {
            using _permit = yield* timeout(5, limit.acquire());
            served++;
            yield* sleep(id % 3);
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error;
            late++;
          }
          expect(currentTask()?.cancelling).toBe(0);
        }
        yield* taskGroup(function* (group) {
          for (let id = 0; id < 10; id++) group.spawn(worker, id);
        });
        expect([served + late, limit.free, limit.waiting]).toEqual([10, 1, 0]);
      },
      { seeds },
    );
  });

  it("a task group leaves no task behind and throws every failure, whoever fails or is cancelled first", async () => {
    await explore(
      function* () {
        const spawned: Task<unknown>[] = [];
        const thrown = new Set<string>();
        function* member(id: number): Coroutine<void> {
          for (let i = 0; i < id; i++) yield* checkpoint();
          if (id % 3 !== 2) return;
          thrown.add(`member ${id}`);
          throw new Error(`member ${id}`);
        }
        const parent: Task<void> = createTask(function* () {
          yield* taskGroup(function* (outer) {
            for (let id = 0; id < 4; id++) spawned.push(outer.spawn(member, id));
            yield* taskGroup(function* (inner) {
              for (let id = 3; id < 7; id++) spawned.push(inner.spawn(member, id));
              yield* checkpoint();
            });
          });
        });
        createTask(function* canceller() {
          for (let i = 0; i < 3; i++) yield* checkpoint();
          parent.cancel("from outside");
        });
        yield* wait([parent]);
        expect(spawned.every((task) => task.done)).toBe(true);
        expect(failuresOf(parent).sort()).toEqual([...thrown].sort());
      },
      { seeds },
    );
  });

  it("a task group takes its own cancel back, so that its parent can go on", async () => {
    await explore(
      function* () {
        let caught = 0;
        for (let round = 0; round < 3; round++) {
          try {
            yield* taskGroup(function* (group) {
              for (let id = 0; id < 3; id++) {
                group.spawn(function* () {
                  for (let i = 0; i < id; i++) yield* checkpoint();
                  throw new Error("on purpose");
                });
              }
              yield* checkpoint();
              yield* sleep(10);
            });
          } catch (error) {
            expect(error).toBeInstanceOf(AggregateError);
            caught++;
          }
          expect(currentTask()?.cancelling).toBe(0);
          yield* checkpoint();
        }
        expect(caught).toBe(3);
      },
      { seeds },
    );
  });

  it("nested timeouts end the work at the earliest deadline, and each only with its own error", async () => {
    await explore(
      function* () {
        const path: string[] = [];
        const record = (error: unknown) => path.push(`${(error as Error).name} at ${currentLoop().now()}`);
        yield* caught(
          timeout(20, function* () {
            yield* caught(timeout(10, sleep(100)), record);
            yield* caught(timeout(10, sleep(100)), record);
            yield* sleep(100);
          }),
          record,
        );
        expect([path[0], path.at(-1)]).toEqual(["TimeoutError at 10", "TimeoutError at 20"]);
        expect(currentTask()?.cancelling).toBe(0);
      },
      { seeds },
    );
  });

  it("maps call once for each item, never more at once than they may, and keep their order", async () => {
    await explore(
      function* () {
        for (const map of [mapUnordered, mapOrdered]) {
          const results: number[] = [];
          let inside = 0;
          const stream = map(
            Array.from({ length: 12 }, (_, i) => i),
            function* (i: number) {
              expect(++inside).toBeLessThanOrEqual(4);
              for (let turns = 0; turns < i % 3; turns++) yield* checkpoint();
              inside--;
              return i;
            },
            { concurrency: 4 },
          );
          yield* each(stream, function* (i) {
            results.push(i);
            if (i % 4 === 0) yield* checkpoint();
          });
          const expected = Array.from({ length: 12 }, (_, i) => i);
          expect(map === mapOrdered ? results : [...results].sort((a, b) => a - b)).toEqual(expected);
        }
      },
      { seeds },
    );
  });
});

/** Records what `work` throws, and passes a cancel on. */
function* caught(work: Waitable<void>, record: (error: unknown) => void): Coroutine<void> {
  try {
    yield* work;
  } catch (error) {
    record(error);
    if (error instanceof CancelledError) throw error;
  }
}

/** The messages of all errors within the error of a group; those of a cancel are none. */
function failuresOf(task: Task<unknown>): string[] {
  if (task.state === "cancelled") return [];
  const error = task.exception();
  return error === undefined ? [] : flatten(error as Error | CancelledError);
}

function flatten(error: Error): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap((inner) => flatten(inner as Error));
  return [error.message];
}
