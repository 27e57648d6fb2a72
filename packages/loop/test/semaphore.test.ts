import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BoundedSemaphore,
  CancelledError,
  checkpoint,
  createTask,
  InvalidArgumentError,
  InvalidStateError,
  type Permit,
  Semaphore,
  type Task,
  taskGroup,
} from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";
import { describeLockContract } from "./lock-contract.ts";

describeLockContract("Semaphore", () => new Semaphore(1));
describeLockContract("BoundedSemaphore", () => new BoundedSemaphore(1));

describe("Semaphore", () => {
  it("starts locked when it has no permit (test_initial_value_zero)", () => {
    expect(new Semaphore(0).locked).toBe(true);
  });

  it("refuses a number of permits that is no integer of at least 0 (test_semaphore_value)", () => {
    expect(() => new Semaphore(-1)).toThrow(InvalidArgumentError);
    expect(() => new Semaphore(-1)).toThrow("expected an integer of at least 0 for permits, got -1");
    expect(() => new Semaphore(1.5)).toThrow("got 1.5");
    expect(new Semaphore(Number.POSITIVE_INFINITY).locked).toBe(false);
  });

  it("lets as many in as it has permits, and one more per release (SemaphoreTests.test_acquire)", async () => {
    const semaphore = new Semaphore(3);
    const entered: number[] = [];
    await semaphore.acquire();
    await semaphore.acquire();
    expect(semaphore.locked).toBe(false);
    const tasks = [1, 2, 3].map((id) => createTask(enter, semaphore, id, entered));
    await checkpoint();
    expect(entered).toEqual([1]);
    expect({ waiting: semaphore.waiting, free: semaphore.free }).toEqual({ waiting: 2, free: 0 });

    tasks.push(createTask(enter, semaphore, 4, entered));
    semaphore.release();
    semaphore.release();
    expect(semaphore.free).toBe(0);
    await checkpoint();
    expect(entered).toEqual([1, 2, 3]);
    expect({ locked: semaphore.locked, waiting: semaphore.waiting }).toEqual({ locked: true, waiting: 1 });

    semaphore.release();
    await Promise.all(tasks);
  });

  it("gives a permit to the first that was not cancelled (test_acquire_cancel_before_awoken)", async () => {
    const semaphore = new Semaphore(0);
    const tasks = [1, 2, 3, 4].map((id) => createTask(enter, semaphore, id, []));
    await checkpoint();
    tasks[0]?.cancel();
    tasks[1]?.cancel();
    semaphore.release();
    await checkpoint();
    expect(tasks.map((task) => task.state)).toEqual(["cancelled", "cancelled", "fulfilled", "pending"]);
    tasks[3]?.cancel();
    expect(semaphore.waiting).toBe(0);
  });

  it("does not hang when the first is cancelled and a permit comes in the same step (test_acquire_hang)", async () => {
    const semaphore = new Semaphore(0);
    const [first, second] = [createTask(enter, semaphore, 1, []), createTask(enter, semaphore, 2, [])];
    await checkpoint();
    first.cancel();
    semaphore.release();
    await checkpoint();
    expect(semaphore.locked).toBe(true);
    expect(second.done).toBe(true);
  });

  it("keeps no permit for a task that is cancelled right after the release (test_acquire_no_hang)", async () => {
    const semaphore = new Semaphore(1);
    const first = createTask(function* () {
      {
        using _permit = yield* semaphore.acquire();
        yield* checkpoint();
      }
      second.cancel();
    });
    const second: Task<void> = createTask(function* () {
      using _permit = yield* semaphore.acquire();
      yield* checkpoint();
      throw new Error("the cancel was lost");
    });
    await first;
    await expect(second).rejects.toThrow(CancelledError);
    expect(semaphore.free).toBe(1);
  });

  it("is free after a release that nobody waited for (SemaphoreTests.test_release_no_waiters)", async () => {
    const semaphore = new Semaphore();
    await semaphore.acquire();
    expect(semaphore.locked).toBe(true);
    semaphore.release();
    expect(semaphore.locked).toBe(false);
  });

  it("serves all of a round before the next round (test_acquire_fifo_order)", async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    const twice = function* (id: string) {
      for (const round of [1, 2]) {
        yield* semaphore.acquire();
        order.push(`${id}_${round}`);
        yield* checkpoint();
        semaphore.release();
      }
    };
    await createTask(function* () {
      yield* taskGroup(function* (group) {
        for (const id of ["c1", "c2", "c3"]) group.spawn(twice, id);
      });
    });
    expect(order).toEqual(["c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2"]);
  });

  it("puts one that comes again behind the others (test_acquire_fifo_order_2)", async () => {
    const semaphore = new Semaphore(1);
    const order: number[] = [];
    const again = function* () {
      yield* semaphore.acquire();
      order.push(2);
      semaphore.release();
      yield* semaphore.acquire();
      order.push(4);
    };
    const tasks: Task<unknown>[] = [
      createTask(enter, semaphore, 1, order),
      createTask(again),
      createTask(enter, semaphore, 3, order),
    ];
    await checkpoint();
    semaphore.release();
    await checkpoint();
    await checkpoint();
    expect(order).toEqual([1, 2, 3]);
    semaphore.release();
    await Promise.all(tasks);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("keeps the order when the first is cancelled before the releases (test_acquire_fifo_order_3)", async () => {
    const semaphore = new Semaphore(0);
    const order: number[] = [];
    const tasks = [1, 2, 3].map((id) => createTask(enter, semaphore, id, order));
    await checkpoint();
    tasks[0]?.cancel();
    await checkpoint();
    semaphore.release();
    semaphore.release();
    await Promise.allSettled(tasks);
    expect(order).toEqual([2, 3]);
  });

  it("hands several permits of one step to those in front, and starts newcomers after them (test_acquire_fifo_order_4)", async () => {
    const semaphore = new Semaphore(0);
    const order: number[] = [];
    const started: Task<unknown>[] = [];
    const first = function* () {
      yield* semaphore.acquire();
      expect(semaphore.free).toBe(0);
      started.push(createTask(note, 4, order));
      order.push(1);
    };
    const second = function* () {
      for (let i = 0; i < 3; i++) semaphore.release();
      // The first has its permit already; two are free, and nobody is in front.
      expect({ free: semaphore.free, waiting: semaphore.waiting }).toEqual({ free: 2, waiting: 0 });
      yield* semaphore.acquire();
      order.push(2);
    };
    started.push(createTask(first), createTask(second), createTask(enter, semaphore, 3, order));
    await checkpoint();
    await Promise.all(started);
    await checkpoint();
    expect(order).toEqual([2, 3, 1, 4]);
    expect(semaphore.free).toBe(0);
  });

  it("has every permit back, wherever a task is cancelled", async () => {
    await sweepCancel(
      () => {
        const semaphore = new Semaphore(2);
        const use = () => createTask(useTwice, semaphore);
        return {
          tasks: { a: use(), b: use(), c: use(), d: use() },
          verify: () =>
            expect({ free: semaphore.free, waiting: semaphore.waiting }).toEqual({ free: 2, waiting: 0 }),
        };
      },
      { twice: true },
    );
  });

  it("conserves its permits under any sequence of acquire, release and cancel", () => {
    const step = fc.record({ kind: fc.constantFrom("acquire", "release", "cancel"), pick: fc.nat(20) });
    fc.assert(
      fc.property(fc.nat(4), fc.array(step, { maxLength: 60 }), (permits, steps) => {
        const semaphore = new Semaphore(permits);
        const held: Permit[] = [];
        let waits: ReturnType<Semaphore["acquire"]>[] = [];
        for (const { kind, pick } of steps) {
          if (kind === "acquire") waits.push(semaphore.acquire());
          if (kind === "release") held.splice(pick % (held.length + 1), 1)[0]?.release();
          if (kind === "cancel") waits[pick % (waits.length + 1)]?.cancel();
          // Grants come in the order of the waits: whatever is not granted is behind whatever is.
          const states = waits.filter((wait) => !wait.cancelled).map((wait) => wait.done);
          expect(states).toEqual(states.toSorted((a, b) => Number(b) - Number(a)));
          held.push(...waits.filter((wait) => wait.state === "fulfilled").map((wait) => wait.result()));
          waits = waits.filter((wait) => !wait.done);
          expect(semaphore.free + held.length).toBe(permits);
          expect(semaphore.waiting).toBe(waits.length);
          if (semaphore.free > 0) expect(semaphore.waiting).toBe(0);
        }
      }),
    );
  });

  it("loses no permit to a wait that somebody settled from outside", async () => {
    const semaphore = new Semaphore(0);
    const wait = semaphore.acquire();
    wait.setException(new Error("given up from outside"));
    await expect(wait).rejects.toThrow("given up from outside");
    expect(semaphore.waiting).toBe(0);
    semaphore.release();
    expect(semaphore.free).toBe(1);
  });
});

describe("BoundedSemaphore", () => {
  it("refuses a release that nobody acquired for (test_release_not_acquired)", () => {
    expect(() => new BoundedSemaphore().release()).toThrow(InvalidStateError);
    const semaphore = new BoundedSemaphore(2);
    const permit = semaphore.tryAcquire();
    permit?.release();
    expect(() => semaphore.release()).toThrow(
      "cannot release the semaphore: none of its permits (2) is taken",
    );
    expect(semaphore.free).toBe(2);
  });

  it("refuses a number of permits that is no integer of at least 0", () => {
    expect(() => new BoundedSemaphore(-4)).toThrow("expected an integer of at least 0 for permits, got -4");
  });
});

function* enter(semaphore: Semaphore, id: number, entered: number[]) {
  yield* semaphore.acquire();
  entered.push(id);
  return id;
}

function* note(id: number, order: number[]) {
  order.push(id);
}

function* useTwice(semaphore: Semaphore) {
  for (let round = 0; round < 2; round++) {
    using _permit = yield* semaphore.acquire();
    yield* checkpoint();
  }
}
