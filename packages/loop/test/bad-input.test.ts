import {
  createTask,
  currentLoop,
  currentTask,
  Future,
  InvalidArgumentError,
  InvalidStateError,
  Loop,
  type LoopFailure,
  NotWaitableError,
  run,
  Semaphore,
  sleep,
  type Task,
  timeout,
  wait,
} from "@overlap/loop";
import { VirtualClock } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caughtFrom } from "./caught-from.ts";

type ErrorClass = new (...args: never[]) => Error;

/** What `misuse` throws, or what its promise rejects with, is of this class and says this. */
async function expectError(misuse: () => unknown, kind: ErrorClass, message: string): Promise<void> {
  const error = await caughtFrom((async () => misuse())());
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toBe(message);
}

function closedLoop(): Loop {
  const loop = new Loop();
  loop.close();
  return loop;
}

function failToCleanUp(): void {
  throw new Error("finalizer");
}

interface Misuse {
  readonly what: string;
  readonly misuse: () => unknown;
  readonly kind: ErrorClass;
  readonly message: string;
}

const ofFutures: Misuse[] = [
  {
    what: "a second result",
    misuse: () => {
      const future = new Future<number>();
      future.setResult(1);
      future.setResult(2);
    },
    kind: InvalidStateError,
    message: "cannot set a result: the future is fulfilled already",
  },
  {
    what: "an exception after a cancel",
    misuse: () => {
      const future = new Future<number>();
      future.cancel();
      future.setException(new Error("late"));
    },
    kind: InvalidStateError,
    message: "cannot set an exception: the future is cancelled already",
  },
  {
    what: "the result of an unfinished future",
    misuse: () => new Future().result(),
    kind: InvalidStateError,
    message: "the result of a pending future is not there yet",
  },
  {
    what: "the exception of an unfinished future",
    misuse: () => new Future().exception(),
    kind: InvalidStateError,
    message: "the exception of a pending future is not there yet",
  },
  {
    what: "a promise as a result",
    misuse: () => new Future<unknown>().setResult(Promise.resolve(1)),
    kind: InvalidStateError,
    message: "a future never holds another: wait for an object of Promise with until() and set what it gives",
  },
  {
    what: "a task that waits for itself",
    misuse: () =>
      run(function* narcissus() {
        yield* currentTask() as Task<unknown>;
      }),
    kind: InvalidStateError,
    message: "task narcissus waits for itself",
  },
  {
    what: "a task that returns a promise",
    misuse: () =>
      run(function* lazy() {
        return Promise.resolve(1);
      }),
    kind: InvalidStateError,
    message:
      "task lazy returned an object of Promise, which is still to be waited for: return yield* it (a promise: yield* until(promise))",
  },
];

const ofYields: Misuse[] = [
  { value: 42, named: "42" },
  { value: undefined, named: "undefined" },
  { value: { a: 1 }, named: "an object of Object" },
].map(({ value, named }) => ({
  what: `yielding ${named}`,
  misuse: () =>
    run(function* () {
      yield value as never;
    }),
  kind: NotWaitableError,
  message: `a coroutine yielded ${named}, which cannot be waited for: use yield* with a future, a task or an operation`,
}));

const ofArguments: Misuse[] = [
  {
    what: "a negative sleep",
    misuse: () => sleep(-1),
    kind: InvalidArgumentError,
    message: "expected milliseconds of at least 0 for delayMs, got -1",
  },
  {
    what: "a timeout that is no number",
    misuse: () => timeout(Number.NaN, sleep(1)),
    kind: InvalidArgumentError,
    message: "expected milliseconds of at least 0 for delayMs, got NaN",
  },
  {
    what: "a negative delay of a callback",
    misuse: () => new Loop().callLater(-5, () => {}),
    kind: InvalidArgumentError,
    message: "expected milliseconds of at least 0 for delayMs, got -5",
  },
  {
    what: "a negative number of permits",
    misuse: () => new Semaphore(-1),
    kind: InvalidArgumentError,
    message: "expected an integer of at least 0 for permits, got -1",
  },
  {
    what: "a task of no function",
    misuse: () => createTask("work" as never),
    kind: InvalidArgumentError,
    message: 'expected a coroutine function or an async function, got "work"',
  },
  {
    what: "a negative time for slow callbacks",
    misuse: () => new Loop().setDebug({ slowCallbackMs: -1 }),
    kind: InvalidArgumentError,
    message: "expected milliseconds of at least 0 for slowCallbackMs, got -1",
  },
];

const closed = "uses a loop that is closed: make a new one";
const ofClosedLoops: Misuse[] = [
  { what: "callSoon", misuse: () => closedLoop().callSoon(() => {}) },
  { what: "callAt", misuse: () => closedLoop().callLater(1, () => {}) },
  { what: "createFuture", misuse: () => closedLoop().createFuture() },
  { what: "createTask", misuse: () => closedLoop().createTask(async () => {}) },
  { what: "runForever", misuse: () => closedLoop().runForever() },
  { what: "runUntilComplete", misuse: () => closedLoop().runUntilComplete(async () => {}) },
].map(({ what, misuse }) => ({
  what: `${what} on a closed loop`,
  misuse,
  kind: InvalidStateError,
  message: `${what} ${closed}`,
}));

const ofRunningLoops: Misuse[] = [
  {
    what: "starting a loop that runs (test_running_loop_within_a_loop)",
    misuse: async () => {
      await using loop = new Loop();
      void loop.runForever();
      await loop.runUntilComplete(async () => {});
    },
    kind: InvalidStateError,
    message: "runUntilComplete starts a loop that runs already: wait for the first start, or stop() it",
  },
  {
    what: "starting the thread's own loop",
    misuse: () => currentLoop().runForever(),
    kind: InvalidStateError,
    message: "runForever is for a loop of one's own; the thread's loop always runs: use run(main)",
  },
  {
    what: "closing the thread's own loop",
    misuse: () => currentLoop().close(),
    kind: InvalidStateError,
    message: "close is for a loop of one's own; the thread's loop always runs: use run(main)",
  },
  {
    what: "closing a loop that runs",
    misuse: async () => {
      await using loop = new Loop();
      void loop.runForever();
      loop.close();
    },
    kind: InvalidStateError,
    message: "cannot close a loop that runs: stop() it first",
  },
  {
    what: "closing a loop with a task that has not ended",
    misuse: async () => {
      await using loop = new Loop(new VirtualClock());
      loop.createTask(function* sleeper() {
        yield* sleep(10);
      });
      await loop.runUntilComplete(function* () {});
      loop.close();
    },
    kind: InvalidStateError,
    message: "cannot close a loop whose tasks have not ended:\nsleeper: waits for the time 10 ms",
  },
];

describe("bad input", () => {
  it.each([...ofFutures, ...ofYields, ...ofArguments, ...ofClosedLoops, ...ofRunningLoops])(
    "is refused with an error of its own: $what",
    ({ misuse, kind, message }) => expectError(misuse, kind, message),
  );

  it("to a future of a closed loop is told to whoever settles it", async () => {
    const loop = new Loop();
    const future = loop.createFuture<number>();
    future.addDoneCallback(() => {});
    await loop.runUntilComplete(async () => {});
    loop.close();
    await expectError(
      () => future.setResult(1),
      InvalidStateError,
      `a callback or a task that became ready ${closed}`,
    );
  });
});

describe("an exception", () => {
  it("in a done-callback, a finalizer, a timer or a disposer does not break the loop", async () => {
    await using loop = new Loop();
    const reports: LoopFailure[] = [];
    loop.setExceptionHandler((failure) => reports.push(failure));
    const future = loop.createFuture<void>();
    future.addDoneCallback(() => {
      throw new Error("done-callback");
    });
    future.setResult();
    loop.callLater(0, () => {
      throw new Error("timer");
    });
    const failing = loop.createTask(function* () {
      using _bad = {
        [Symbol.dispose]() {
          throw new Error("disposer");
        },
      };
      try {
        yield* sleep(60_000);
      } finally {
        failToCleanUp();
      }
    });
    loop.callSoon(() => failing.cancel());
    const ended = await loop.runUntilComplete(function* () {
      yield* wait([failing]);
      yield* sleep(1);
      return "still running";
    });
    expect(ended).toBe("still running");
    expect(reports.map(({ error }) => (error as Error).message)).toEqual(["done-callback", "timer"]);
    expect(failing.exception()).toBeInstanceOf(SuppressedError);
  });
});
