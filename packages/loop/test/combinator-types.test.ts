import {
  asCompleted,
  type Coroutine,
  checkpoint,
  co,
  createTask,
  each,
  Future,
  gather,
  gatherSettled,
  type Outcome,
  type Permit,
  run,
  Semaphore,
  shield,
  sleep,
  type Task,
  type Timeout,
  taskGroup,
  timeout,
  until,
  use,
  type Waitable,
  wait,
} from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expectTypeOf, it } from "vitest";

function* size(url: string) {
  yield* sleep(1);
  return url.length;
}

async function fetchText(url: string): Promise<string> {
  await sleep(1);
  return url;
}

describe("types", () => {
  it("flow out of yield* without annotations", () => {
    runVirtualSync(function* () {
      expectTypeOf(yield* new Future<string>().cancel() ? size("a") : size("b")).toEqualTypeOf<number>();
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
      expectTypeOf(yield* checkpoint()).toEqualTypeOf<void>();
      expectTypeOf(yield* createTask(size, "a")).toEqualTypeOf<number>();
      expectTypeOf(yield* new Semaphore(1).acquire()).toEqualTypeOf<Permit>();
      expectTypeOf(yield* co(size)("a")).toEqualTypeOf<number>();
    });
  });

  it("of until and async tasks are those of the promise", async () => {
    await runVirtual(function* () {
      expectTypeOf(yield* until(fetchText("a"))).toEqualTypeOf<string>();
      expectTypeOf(yield* createTask(fetchText, "a")).toEqualTypeOf<string>();
      expectTypeOf(yield* createTask(async (signal) => signal.aborted)).toEqualTypeOf<boolean>();
    });
  });

  it("of gather are a tuple for a literal and an array for an array", async () => {
    await runVirtual(function* () {
      expectTypeOf(yield* gather([size("a"), fetchText("b"), size("c")])).toEqualTypeOf<
        [number, string, number]
      >();
      expectTypeOf(yield* gather(["a", "b"].map(size))).toEqualTypeOf<number[]>();
      expectTypeOf(yield* gather(new Set([createTask(size, "a")]))).toEqualTypeOf<number[]>();
      expectTypeOf(yield* gather([])).toEqualTypeOf<[]>();
      expectTypeOf(yield* gatherSettled([size("a"), fetchText("b")])).toEqualTypeOf<
        [Outcome<number>, Outcome<string>]
      >();
      expectTypeOf(yield* gatherSettled(["a"].map(size))).toEqualTypeOf<Outcome<number>[]>();
    });
    expectTypeOf(gather([size("a")])).resolves.toEqualTypeOf<[number]>();
  });

  it("of wait and asCompleted keep the futures that were given", async () => {
    await runVirtual(function* () {
      const tasks = [createTask(size, "a"), createTask(size, "b")];
      expectTypeOf(yield* wait(tasks)).toEqualTypeOf<{
        readonly done: Set<Task<number>>;
        readonly pending: Set<Task<number>>;
      }>();
      for (const next of asCompleted([size("a"), fetchText("b")])) {
        expectTypeOf(next).toEqualTypeOf<Waitable<number | string>>();
        expectTypeOf(yield* next).toEqualTypeOf<number | string>();
      }
      yield* each(asCompleted(tasks), function* (task) {
        expectTypeOf(task).toEqualTypeOf<Task<number>>();
      });
      yield* each(asCompleted([size("a")]), function* (future) {
        expectTypeOf(future).toEqualTypeOf<Future<number>>();
      });
    });
  });

  it("of timeout are those of the work, whatever gives it", async () => {
    await runVirtual(function* () {
      expectTypeOf(yield* timeout(5, size("a"))).toEqualTypeOf<number>();
      expectTypeOf(yield* timeout(5, createTask(size, "a"))).toEqualTypeOf<number>();
      expectTypeOf(yield* timeout(5, fetchText("a"))).toEqualTypeOf<string>();
      expectTypeOf(
        yield* timeout(5, function* (timer) {
          expectTypeOf(timer).toEqualTypeOf<Timeout>();
          return yield* size("a");
        }),
      ).toEqualTypeOf<number>();
      expectTypeOf(
        yield* timeout(5, async (_timer, signal) => {
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          return await fetchText("a");
        }),
      ).toEqualTypeOf<string>();
    });
  });

  it("of shield, use, each and taskGroup are those of what they are given", async () => {
    class Connection implements AsyncDisposable {
      readonly host = "a";
      async [Symbol.asyncDispose]() {}
    }
    function* connect() {
      yield* sleep(1);
      return new Connection();
    }
    await runVirtual(function* () {
      expectTypeOf(yield* shield(size("a"))).toEqualTypeOf<number>();
      expectTypeOf(
        yield* use(new Connection(), function* (connection) {
          return connection.host;
        }),
      ).toEqualTypeOf<string>();
      expectTypeOf(
        yield* use(connect(), function* (connection) {
          expectTypeOf(connection).toEqualTypeOf<Connection>();
          return yield* size(connection.host);
        }),
      ).toEqualTypeOf<number>();
      yield* each([1, 2], function* (n) {
        expectTypeOf(n).toEqualTypeOf<number>();
      });
      expectTypeOf(
        yield* taskGroup(function* (group) {
          expectTypeOf(group.spawn(size, "a")).toEqualTypeOf<Task<number>>();
          return yield* size("a");
        }),
      ).toEqualTypeOf<number>();
    });
  });

  it("of run and runVirtual are those of main", () => {
    expectTypeOf(run(() => size("a"))).resolves.toEqualTypeOf<number>();
    expectTypeOf(run(async (signal) => signal.aborted)).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(runVirtualSync(() => size("a"))).toEqualTypeOf<number>();
    expectTypeOf<Coroutine<number>>().toExtend<ReturnType<typeof size>>();
  });

  it("refuse what is not to be waited for", () => {
    const refused = (..._calls: (() => unknown)[]): void => {};
    refused(
      // @ts-expect-error a number cannot be waited for
      () => gather([1]),
      // @ts-expect-error one future is not a list of futures
      () => gather(sleep(1)),
      // @ts-expect-error wait takes futures, not coroutines
      () => wait([size("a")]),
      // @ts-expect-error a plain object has nothing to close
      () => use({ host: "a" }, function* () {}),
    );
  });
});
