import {
  createTask,
  currentLoop,
  InvalidArgumentError,
  Semaphore,
  sleep,
  TimeoutError,
  timeout,
  use,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

/** Takes 10 ms to close, and says when it was. */
class Connection implements AsyncDisposable {
  readonly log: string[] = [];
  readonly #failing: boolean;

  constructor(failing = false) {
    this.#failing = failing;
  }

  async [Symbol.asyncDispose]() {
    await sleep(10);
    this.log.push(`closed at ${currentLoop().now()}`);
    if (this.#failing) throw new Error("the closing");
  }
}

describe("use", () => {
  it("gives the resource to the body, and closes it when that has ended", async () => {
    await runVirtual(function* () {
      const connection = new Connection();
      const result = yield* use(connection, function* (given) {
        expect(given).toBe(connection);
        yield* sleep(5);
        return "done";
      });
      expect([result, connection.log]).toEqual(["done", ["closed at 15"]]);
    });
  });

  it("closes when the body fails and when it is cancelled", async () => {
    await runVirtual(function* () {
      const [failed, cancelled] = [new Connection(), new Connection()];
      const error = yield* caught(
        use(failed, function* () {
          throw new RangeError("the body");
        }),
      );
      expect([error, failed.log]).toEqual([new RangeError("the body"), ["closed at 10"]]);
      const task = createTask(() => use(cancelled, () => sleeping()));
      yield* allTasksBlocked();
      task.cancel();
      yield* wait([task]);
      expect([task.state, cancelled.log]).toEqual(["cancelled", ["closed at 20"]]);
    });
  });

  it("waits for the closing whatever is cancelled meanwhile; the cancel strikes after that", async () => {
    await runVirtual(function* () {
      const connection = new Connection();
      const path: string[] = [];
      const task = createTask(function* () {
        path.push(
          yield* use(connection, function* () {
            return "done";
          }),
        );
        yield* sleep(0);
        path.push("not reached");
      });
      yield* sleep(5);
      task.cancel("first");
      task.cancel("second");
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ reason: "first" }));
      expect([path, connection.log]).toEqual([["done"], ["closed at 10"]]);
    });
  });

  it("keeps a timeout a timeout when that strikes during the closing", async () => {
    await runVirtual(function* () {
      const connection = new Connection();
      const error = yield* caught(
        timeout(5, function* () {
          yield* use(connection, function* () {});
          yield* sleep(100);
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect([connection.log, currentLoop().now()]).toEqual([["closed at 10"], 10]);
    });
  });

  it("throws what the closing throws, with the body's error if there is one", async () => {
    await runVirtual(function* () {
      const alone = yield* caught(use(new Connection(true), function* () {}));
      expect(alone).toEqual(new Error("the closing"));
      const both = yield* caught(
        use(new Connection(true), function* () {
          throw new RangeError("the body");
        }),
      );
      expect(both).toBeInstanceOf(SuppressedError);
      expect(both).toMatchObject({ error: new Error("the closing"), suppressed: new RangeError("the body") });
    });
  });

  it("waits for a resource that is not there yet: a future, a promise, a coroutine", async () => {
    await runVirtual(function* () {
      const limit = new Semaphore(1);
      yield* use(limit.acquire(), function* () {
        expect(limit.locked).toBe(true);
      });
      expect(limit.locked).toBe(false);
      function* connect() {
        yield* sleep(5);
        return new Connection();
      }
      expect(yield* use(connect(), (connection) => logOf(connection))).toEqual(["closed at 15"]);
      const opened = new Connection();
      yield* use(Promise.resolve(opened), () => sleeping(1));
      expect(opened.log).toEqual(["closed at 26"]);
    });
  });

  it("closes what can be closed at once without a wait", () => {
    runVirtualSync(function* () {
      let closed = 0;
      const resource = {
        [Symbol.dispose]() {
          closed++;
        },
      };
      yield* use(resource, () => sleeping(1));
      expect(closed).toBe(1);
    });
  });

  it("can be awaited, and refuses what cannot be closed", async () => {
    const connection = new Connection();
    const result = await use(connection, function* () {
      return 5;
    });
    expect([result, connection.log.length]).toEqual([5, 1]);
    await expect(use({} as never, function* () {})).rejects.toThrow(InvalidArgumentError);
  });
});

function* sleeping(delayMs = 1_000) {
  yield* sleep(delayMs);
}

function* logOf(connection: Connection) {
  return connection.log;
}
