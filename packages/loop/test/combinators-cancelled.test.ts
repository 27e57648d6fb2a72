import {
  asCompleted,
  type Coroutine,
  checkpoint,
  createTask,
  currentLoop,
  each,
  Future,
  gather,
  gatherSettled,
  mapOrdered,
  mapUnordered,
  Queue,
  Semaphore,
  shield,
  sleep,
  type Task,
  type TaskGroup,
  TimeoutError,
  taskGroup,
  timeout,
  use,
  wait,
} from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { type Scenario, sweepCancel } from "./cancel-sweep.ts";

/** Runs the sweep in virtual time: every step of every task, each task cancelled once and twice. */
async function sweep(start: () => Scenario, victims: readonly string[]): Promise<void> {
  await runVirtual(async () => {
    const turn = () => sleep(1);
    const report = await sweepCancel(start, { victims, twice: true, turn });
    expect(report.runs).toBeGreaterThan(report.steps);
  });
}

/** Permits that are held for a while by several workers: none may be lost or doubled. */
function* hold(limit: Semaphore, turns = 2): Coroutine<string> {
  using _permit = yield* limit.acquire();
  for (let i = 0; i < turns; i++) yield* checkpoint();
  return "held";
}

function limited(permits: number) {
  const limit = new Semaphore(permits);
  const verify = () => {
    expect(limit.free).toBe(permits);
    expect(limit.waiting).toBe(0);
  };
  return { limit, verify };
}

/** Every task of the loop but the one that sweeps has ended. */
function nobodyElse(tasks: readonly Task<unknown>[]): void {
  expect(tasks.filter((task) => !task.done).map(({ name }) => name)).toEqual([]);
}

describe("cancelled at every step, once and twice", () => {
  it.each([
    ["gather", (tasks: Task<string>[]) => gather(tasks)],
    ["gatherSettled", (tasks: Task<string>[]) => gatherSettled(tasks)],
  ] as [string, (tasks: Task<string>[]) => Future<unknown>][])(
    "%s loses no permit and leaves no task behind",
    async (_name, combinator) => {
      await sweep(() => {
        const { limit, verify } = limited(2);
        const tasks: Task<string>[] = [];
        const victim = createTask(function* () {
          tasks.push(...[1, 2, 3, 4].map(() => createTask(hold, limit)));
          yield* combinator(tasks);
        });
        return {
          tasks: { victim },
          verify() {
            nobodyElse(tasks);
            verify();
          },
        };
      }, ["victim"]);
    },
  );

  it("a task group loses no permit and leaves no task behind, also when a task fails", async () => {
    for (const failing of [false, true]) {
      await sweep(() => {
        const { limit, verify } = limited(2);
        const groups: TaskGroup[] = [];
        const victim = createTask(() =>
          taskGroup(function* (group) {
            groups.push(group);
            for (let i = 0; i < 4; i++) group.spawn(hold, limit);
            yield* checkpoint();
            if (failing) {
              group.spawn(function* () {
                yield* checkpoint();
                throw new Error("on purpose");
              });
            }
            yield* sleep(3);
          }),
        );
        return {
          tasks: { victim },
          verify(run) {
            for (const group of groups) expect(group.taskCount).toBe(0);
            verify();
            if (run.victim !== null && !failing) expect(["cancelled", "fulfilled"]).toContain(victim.state);
          },
        };
      }, ["victim"]);
    }
  });

  it("timeout gives the permit, or an error and no permit", async () => {
    await sweep(() => {
      const { limit, verify } = limited(1);
      const holder = createTask(hold, limit, 3);
      const victim = createTask(function* () {
        try {
          using _permit = yield* timeout(2, limit.acquire());
          yield* checkpoint();
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
        }
        yield* timeout(5, hold(limit));
      });
      return {
        tasks: { holder, victim },
        verify() {
          verify();
          expect(victim.state === "fulfilled" ? 0 : 1).toBeLessThanOrEqual(victim.cancelling);
        },
      };
    }, ["victim", "holder"]);
  });

  it("wait and asCompleted leave what they wait for alone", async () => {
    await sweep(() => {
      const { limit, verify } = limited(1);
      const workers = [1, 2, 3].map(() => createTask(hold, limit));
      const waiting = createTask(() => wait(workers, { timeoutMs: 3 }));
      const asking = createTask(() => each(asCompleted(workers), function* () {}));
      return {
        tasks: { waiting, asking, ...Object.fromEntries(workers.map((task, i) => [`worker ${i}`, task])) },
        verify() {
          expect(workers.map(({ state }) => state)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
          verify();
        },
      };
    }, ["waiting", "asking"]);
  });

  it("shield finishes what it protects", async () => {
    await sweep(() => {
      const { limit, verify } = limited(1);
      const inner = createTask(hold, limit);
      const victim = createTask(() => shield(inner));
      return {
        tasks: { victim, inner },
        verify() {
          expect(inner.state).toBe("fulfilled");
          verify();
        },
      };
    }, ["victim"]);
  });

  it("use closes what was opened, once", async () => {
    await sweep(() => {
      const opened: { closed: number }[] = [];
      function* open() {
        yield* checkpoint();
        const resource = {
          closed: 0,
          async [Symbol.asyncDispose]() {
            await sleep(1);
            resource.closed++;
          },
        };
        opened.push(resource);
        return resource;
      }
      const victim = createTask(() =>
        use(open(), function* () {
          yield* checkpoint();
          yield* sleep(1);
        }),
      );
      return {
        tasks: { victim },
        verify: () => expect(opened.every(({ closed }) => closed === 1)).toBe(true),
      };
    }, ["victim"]);
  });

  it("each takes no item of a queue for nobody", async () => {
    await sweep(() => {
      const queue = new Queue<number>();
      const taken: number[] = [];
      const producer = createTask(function* () {
        for (let i = 0; i < 4; i++) {
          yield* queue.put(i);
          for (let turns = 0; turns < i * 2; turns++) yield* checkpoint();
        }
      });
      const consumer = createTask(() =>
        each(queue, function* (item) {
          taken.push(item);
          yield* checkpoint();
          if (item === 3) queue.shutdown();
        }),
      );
      return {
        tasks: { producer, consumer },
        verify() {
          const left: number[] = [];
          for (let size = queue.size; size > 0; size--) left.push(queue.getNowait());
          expect([...taken, ...left]).toEqual([0, 1, 2, 3]);
        },
      };
    }, ["consumer"]);
  });

  it.each([
    ["mapUnordered", mapUnordered],
    ["mapOrdered", mapOrdered],
  ] as const)("%s ends its calls and closes its source", async (_name, map) => {
    await sweep(() => {
      const { limit, verify } = limited(2);
      const state = { closed: false, begun: 0, ended: 0 };
      function* source() {
        try {
          for (let i = 0; i < 6; i++) yield i;
        } finally {
          state.closed = true;
        }
      }
      function* call() {
        state.begun++;
        try {
          yield* hold(limit, 1);
        } finally {
          state.ended++;
        }
      }
      const victim = createTask(() =>
        each(map(source(), call, { concurrency: 3 }), function* () {
          yield* checkpoint();
        }),
      );
      return {
        tasks: { victim },
        verify() {
          expect(state.ended).toBe(state.begun);
          if (state.begun > 0) expect(state.closed).toBe(true);
          verify();
        },
      };
    }, ["victim"]);
  });

  it("a future that is waited for by several is withdrawn from one alone by wait", async () => {
    await sweep(() => {
      const shared = new Future<void>();
      currentLoop().callLater(2, () => shared.done || shared.setResult());
      const first = createTask(() => wait([shared]));
      const second = createTask(() => shield(shared));
      return { tasks: { first, second }, verify: () => expect(shared.state).toBe("fulfilled") };
    }, ["first", "second"]);
  });
});
