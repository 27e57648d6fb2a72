import { describe, expect, it } from "vitest";
import { CancelledError, checkpoint, createTask, type Future, type Permit } from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";

/** What every lock can do; of several permits the contract uses one. */
export interface LockLike {
  acquire(): Future<Permit>;
  release(): void;
  readonly locked: boolean;
  /** How many wait for the lock. */
  readonly waiting: number;
}

/** Holds whatever lets one holder in at a time to the same promises. `create` gives a fresh one that nobody holds. */
export function describeLockContract(name: string, create: () => LockLike): void {
  describe(`${name} as a lock`, () => {
    describe("when nobody holds it", () => {
      it("is granted at once, and is free again after the release", () => {
        const lock = create();
        const permit = lock.acquire().result();
        expect(lock.locked).toBe(true);
        permit.release();
        expect(lock.locked).toBe(false);
      });

      it("lets a coroutine in without taking a turn", async () => {
        const lock = create();
        const task = createTask(function* () {
          using _permit = yield* lock.acquire();
          return lock.locked;
        });
        await checkpoint();
        expect(task.result()).toBe(true);
      });
    });

    it("counts the release of one permit once", () => {
      const lock = create();
      const first = lock.acquire().result();
      first.release();
      const second = lock.acquire().result();
      first.release();
      first[Symbol.dispose]();
      expect(lock.locked).toBe(true);
      second.release();
      expect(lock.locked).toBe(false);
    });

    it("is handed over in the order in which they came", async () => {
      const lock = create();
      const order: number[] = [];
      const first = lock.acquire().result();
      const tasks = [1, 2, 3].map((id) => createTask(enterAndLeave, lock, id, order));
      await checkpoint();
      expect(order).toEqual([]);
      expect(lock.waiting).toBe(3);
      first.release();
      await Promise.all(tasks);
      expect(order).toEqual([1, 2, 3]);
      expect(lock.locked).toBe(false);
    });

    it("mixes coroutines and async functions in the order in which they came", async () => {
      const lock = create();
      const order: string[] = [];
      const first = lock.acquire().result();
      const tasks = ["async 1", "coroutine 2", "async 3"].map((id) =>
        id.startsWith("async")
          ? createTask(enterAndLeaveAsync, lock, id, order)
          : createTask(enterAndLeave, lock, id, order),
      );
      await checkpoint();
      first.release();
      await Promise.all(tasks);
      expect(order).toEqual(["async 1", "coroutine 2", "async 3"]);
      expect(lock.locked).toBe(false);
    });

    it("belongs to the waiter from the release on: a newcomer cannot pass", async () => {
      const lock = create();
      const first = lock.acquire().result();
      const waiting = lock.acquire();
      first.release();
      expect(lock.locked).toBe(true);
      expect(waiting.done).toBe(true);
      const newcomer = lock.acquire();
      expect(newcomer.done).toBe(false);
      (await waiting).release();
      (await newcomer).release();
    });

    it("goes to the others before the holder that comes again", async () => {
      const lock = create();
      const order: string[] = [];
      const twice = function* (id: string) {
        for (const round of [1, 2]) {
          using _permit = yield* lock.acquire();
          order.push(`${id}${round}`);
          yield* checkpoint();
        }
      };
      await Promise.all(["a", "b", "c"].map((id) => createTask(twice, id)));
      expect(order).toEqual(["a1", "b1", "c1", "a2", "b2", "c2"]);
    });

    it("has one holder at a time", async () => {
      const lock = create();
      let inside = 0;
      let most = 0;
      const visit = function* (turns: number) {
        using _permit = yield* lock.acquire();
        most = Math.max(most, ++inside);
        for (let turn = 0; turn < turns; turn++) yield* checkpoint();
        inside--;
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => createTask(visit, i % 4)));
      expect({ most, inside, locked: lock.locked }).toEqual({ most: 1, inside: 0, locked: false });
    });

    it("is released by using when a coroutine throws", async () => {
      const lock = create();
      const task = createTask(function* () {
        using _permit = yield* lock.acquire();
        yield* checkpoint();
        throw new Error("inside");
      });
      await expect(task).rejects.toThrow("inside");
      expect(lock.locked).toBe(false);
    });

    it("is released by using when an async function throws", async () => {
      const lock = create();
      const inside = async () => {
        using _permit = await lock.acquire();
        await checkpoint();
        throw new Error("inside");
      };
      await expect(inside()).rejects.toThrow("inside");
      expect(lock.locked).toBe(false);
    });

    describe("when a waiter is cancelled", () => {
      it("loses that waiter at once (test_acquire_cancel)", async () => {
        const lock = create();
        const first = lock.acquire().result();
        const waiter = createTask(enterAndLeave, lock, 1, []);
        await checkpoint();
        waiter.cancel();
        expect(lock.waiting).toBe(0);
        await expect(waiter).rejects.toThrow(CancelledError);
        first.release();
        expect(lock.locked).toBe(false);
      });

      it("loses a wait that is withdrawn without a task", async () => {
        const lock = create();
        const first = lock.acquire().result();
        const wait = lock.acquire();
        wait.cancel("changed my mind");
        first.release();
        expect(lock.locked).toBe(false);
        await expect(wait).rejects.toMatchObject({ reason: "changed my mind" });
      });

      it("goes to the next when it is released in the same step (test_cancel_race, test_finished_waiter_cancelled)", async () => {
        const lock = create();
        const first = lock.acquire().result();
        const order: string[] = [];
        const cancelled = createTask(enterAndLeave, lock, "cancelled", order);
        const next = createTask(enterAndLeave, lock, "next", order);
        await checkpoint();
        cancelled.cancel();
        first.release();
        await next;
        await expect(cancelled).rejects.toThrow(CancelledError);
        expect(order).toEqual(["next"]);
        expect(lock.locked).toBe(false);
      });

      it("goes to one of those behind only (test_cancel_release_race)", async () => {
        const lock = create();
        const first = lock.acquire().result();
        const waits = [lock.acquire(), lock.acquire(), lock.acquire()] as const;
        waits[0].cancel();
        first.release();
        await checkpoint();
        expect(waits.map((wait) => wait.state)).toEqual(["cancelled", "fulfilled", "pending"]);
      });

      it("leaves those in the middle of the queue in order", async () => {
        const lock = create();
        const first = lock.acquire().result();
        const order: number[] = [];
        const tasks = [0, 1, 2, 3, 4].map((id) => createTask(enterAndLeave, lock, id, order));
        await checkpoint();
        tasks[2]?.cancel();
        tasks[4]?.cancel();
        const late = createTask(enterAndLeave, lock, 5, order);
        first.release();
        await late;
        expect(order).toEqual([0, 1, 3, 5]);
      });
    });

    it("stays with a task that is cancelled after the grant, until its next wait", async () => {
      const lock = create();
      const seen: string[] = [];
      const first = lock.acquire().result();
      const task = createTask(function* () {
        using _permit = yield* lock.acquire();
        seen.push("holds it");
        yield* checkpoint();
        seen.push("not reached");
      });
      await checkpoint();
      first.release();
      task.cancel();
      expect(lock.locked).toBe(true);
      await expect(task).rejects.toThrow(CancelledError);
      expect(seen).toEqual(["holds it"]);
      expect(lock.locked).toBe(false);
    });

    it("is free in the end, and every task ends, wherever a task is cancelled, once or twice", async () => {
      const report = await sweepCancel(
        () => {
          const lock = create();
          const inside = { now: 0, most: 0 };
          const visit = () => createTask(visitWithCleanup, lock, inside);
          return {
            tasks: { a: visit(), b: visit(), c: visit() },
            verify() {
              expect({ ...inside, locked: lock.locked, waiting: lock.waiting }).toEqual({
                now: 0,
                most: 1,
                locked: false,
                waiting: 0,
              });
            },
          };
        },
        { twice: true },
      );
      expect(report.ends.b?.cancelled).toBeGreaterThan(0);
      expect(report.ends.b?.fulfilled).toBeGreaterThan(0);
    });
  });
}

function* enterAndLeave<T>(lock: LockLike, id: T, order: T[]) {
  using _permit = yield* lock.acquire();
  order.push(id);
  yield* checkpoint();
}

async function enterAndLeaveAsync<T>(lock: LockLike, id: T, order: T[]) {
  using _permit = await lock.acquire();
  order.push(id);
  await checkpoint();
}

/** Takes the lock twice, and waits for it once more while cleaning up. */
function* visitWithCleanup(lock: LockLike, inside: { now: number; most: number }) {
  try {
    for (const _round of [1, 2]) yield* hold(lock, inside);
  } finally {
    yield* hold(lock, inside);
  }
}

function* hold(lock: LockLike, inside: { now: number; most: number }) {
  using _permit = yield* lock.acquire();
  try {
    inside.now++;
    inside.most = Math.max(inside.most, inside.now);
    yield* checkpoint();
  } finally {
    inside.now--;
  }
}
