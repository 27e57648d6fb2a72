import { describe, expect, it } from "vitest";
import {
  Barrier,
  BrokenBarrierError,
  CancelledError,
  type Coroutine,
  checkpoint,
  createTask,
  InvalidArgumentError,
  type Task,
} from "../src/index.ts";
import { sweepCancel } from "./cancel-sweep.ts";

describe("Barrier", () => {
  it("refuses a number of parties that is no positive integer (test_barrier_parties)", () => {
    expect(() => new Barrier(0)).toThrow(InvalidArgumentError);
    expect(() => new Barrier(-4)).toThrow("expected a positive integer for parties, got -4");
    expect(new Barrier(5).parties).toBe(5);
  });

  it("lets all through together, each with its place (BarrierTests.test_context_manager)", async () => {
    const barrier = new Barrier(3);
    const tasks = spawn(3, () => passOnce(barrier));
    expect(await Promise.all(tasks)).toEqual([0, 1, 2]);
    expect({ waiting: barrier.waiting, broken: barrier.broken }).toEqual({ waiting: 0, broken: false });
  });

  it("lets async functions and coroutines through together", async () => {
    const barrier = new Barrier(2);
    const other = createTask(passOnce, barrier);
    const own = await barrier.wait();
    expect([own, await other]).toEqual([0, 1]);
  });

  it("never makes one party of one wait (test_filling_one_task, test_filling_one_task_twice)", () => {
    const barrier = new Barrier(1);
    expect(barrier.wait().result()).toBe(0);
    expect(barrier.wait().result()).toBe(0);
    expect(barrier.waiting).toBe(0);
  });

  it("counts who has come (test_filling_task_by_task)", async () => {
    const barrier = new Barrier(3);
    const tasks = spawn(1, () => passOnce(barrier));
    await checkpoint();
    expect(barrier.waiting).toBe(1);
    tasks.push(...spawn(1, () => passOnce(barrier)));
    await checkpoint();
    expect(barrier.waiting).toBe(2);
    tasks.push(...spawn(1, () => passOnce(barrier)));
    await Promise.all(tasks);
    expect(barrier.waiting).toBe(0);
  });

  it("serves round after round, nobody passing into the next before all have come (test_filling_tasks_wait_twice, test_filling_tasks_check_return_value)", async () => {
    const barrier = new Barrier(5);
    const rounds: string[] = [];
    const places = await Promise.all(
      spawn(5, function* () {
        yield* barrier.wait();
        rounds.push("first");
        const place = yield* barrier.wait();
        rounds.push("second");
        return place;
      }),
    );
    expect(rounds).toEqual([...Array(5).fill("first"), ...Array(5).fill("second")]);
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it("puts those who come back early into the next round (test_blocking_tasks_while_draining)", async () => {
    const barrier = new Barrier(5);
    const others = new Barrier(3);
    let early = 2;
    const tasks = spawn(5, function* () {
      yield* barrier.wait();
      if (early > 0) early--;
      else yield* others.wait();
      yield* barrier.wait();
    });
    await Promise.all(tasks);
    expect({ first: barrier.waiting, second: others.waiting }).toEqual({ first: 0, second: 0 });
  });

  it("waits for somebody else when one is cancelled, and gives no place twice (test_filling_tasks_cancel_one)", async () => {
    const barrier = new Barrier(3);
    const [cancelled, second] = spawn(2, () => passOnce(barrier));
    await checkpoint();
    cancelled?.cancel();
    expect(barrier.waiting).toBe(1);
    await expect(cancelled).rejects.toThrow(CancelledError);
    const third = createTask(passOnce, barrier);
    await checkpoint();
    expect(barrier.waiting).toBe(2);
    const fourth = createTask(passOnce, barrier);
    expect(await Promise.all([second, third, fourth])).toEqual([0, 1, 2]);
    expect(barrier.broken).toBe(false);
  });

  it("lets a task through that is cancelled after the round was complete; the cancel strikes at its next wait", async () => {
    const barrier = new Barrier(2);
    const seen: string[] = [];
    const task = createTask(function* () {
      seen.push(`place ${yield* barrier.wait()}`);
      yield* checkpoint();
      seen.push("not reached");
    });
    await checkpoint();
    barrier.wait();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(seen).toEqual(["place 0"]);
  });

  describe("reset", () => {
    it("changes nothing at an empty barrier (test_reset_barrier)", () => {
      const barrier = new Barrier(1);
      barrier.reset();
      expect({ waiting: barrier.waiting, broken: barrier.broken }).toEqual({ waiting: 0, broken: false });
    });

    it("breaks the wait of everybody who waits (test_reset_barrier_while_tasks_waiting)", async () => {
      const barrier = new Barrier(5);
      const tasks = spawn(4, () => passOnce(barrier));
      await checkpoint();
      barrier.reset();
      for (const task of tasks) await expect(task).rejects.toThrow(BrokenBarrierError);
      expect({ waiting: barrier.waiting, broken: barrier.broken }).toEqual({ waiting: 0, broken: false });
    });

    it("starts a round that they can join again (test_reset_barrier_while_tasks_waiting_and_waiting_again)", async () => {
      const barrier = new Barrier(5);
      let broken = 0;
      const tasks = spawn(4, function* () {
        try {
          yield* barrier.wait();
        } catch (error) {
          if (error instanceof BrokenBarrierError) broken++;
        }
        return yield* barrier.wait();
      });
      await checkpoint();
      barrier.reset();
      await checkpoint();
      tasks.push(createTask(passOnce, barrier));
      await Promise.all(tasks);
      expect({ broken, waiting: barrier.waiting }).toEqual({ broken: 4, waiting: 0 });
    });

    it("does not reach those who were let through (test_reset_barrier_when_tasks_half_draining)", async () => {
      const barrier = new Barrier(5);
      let through = 0;
      const tasks = spawn(5, function* () {
        yield* barrier.wait();
        if (++through === 3) barrier.reset();
      });
      await Promise.all(tasks);
      expect({ through, waiting: barrier.waiting }).toEqual({ through: 5, waiting: 0 });
    });

    it("breaks the next round for those who came back already (test_reset_barrier_when_tasks_half_draining_half_blocking)", async () => {
      const barrier = new Barrier(5);
      let through = 0;
      let broken = 0;
      const tasks = spawn(5, function* () {
        yield* barrier.wait();
        if (++through === 3) barrier.reset();
        try {
          yield* barrier.wait();
        } catch (error) {
          if (!(error instanceof BrokenBarrierError)) throw error;
          broken++;
          yield* barrier.wait();
        }
      });
      await Promise.all(tasks);
      expect({ broken, waiting: barrier.waiting, isBroken: barrier.broken }).toEqual({
        broken: 2,
        waiting: 0,
        isBroken: false,
      });
    });

    it("breaks the next round only, when the last of a round resets (test_reset_barrier_while_tasks_draining)", async () => {
      const barrier = new Barrier(5);
      let out = 0;
      let broken = 0;
      const waitCounting = function* () {
        try {
          yield* barrier.wait();
        } catch {
          broken++;
        }
      };
      const tasks = spawn(5, function* () {
        yield* barrier.wait();
        if (++out === 5) barrier.reset();
        else yield* waitCounting();
        return yield* barrier.wait();
      });
      const places = await Promise.all(tasks);
      expect(broken).toBe(4);
      expect(new Set(places)).toEqual(new Set([0, 1, 2, 3, 4]));
      expect(barrier.waiting).toBe(0);
    });
  });

  describe("abort", () => {
    it("breaks an empty barrier (test_abort_barrier)", async () => {
      const barrier = new Barrier(1);
      barrier.abort();
      expect(barrier.broken).toBe(true);
      await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
      await expect(barrier.wait()).rejects.toThrow("the barrier was aborted");
    });

    it("breaks the wait of everybody who waits, and not of those who were let through (test_abort_barrier_when_tasks_half_draining_half_blocking)", async () => {
      const barrier = new Barrier(5);
      let through = 0;
      let broken = 0;
      const tasks = spawn(5, function* () {
        yield* barrier.wait();
        if (++through === 3) return barrier.abort();
        try {
          yield* barrier.wait();
        } catch (error) {
          if (error instanceof BrokenBarrierError) broken++;
        }
      });
      await Promise.all(tasks);
      expect({ through, broken, waiting: barrier.waiting, isBroken: barrier.broken }).toEqual({
        through: 5,
        broken: 4,
        waiting: 0,
        isBroken: true,
      });
    });

    it("lets one that fails release the others from waiting for it (test_abort_barrier_when_exception)", async () => {
      const barrier = new Barrier(5);
      const outcomes = await Promise.all(spawn(5, () => passTwiceOrFail(barrier)));
      expect(outcomes.toSorted()).toEqual(["broken", "broken", "broken", "broken", "failed"]);
      expect(barrier.broken).toBe(true);
    });

    it("is mended by reset (test_abort_barrier_when_exception_then_resetting)", async () => {
      const barrier = new Barrier(5);
      const meeting = new Barrier(5);
      const outcomes = await Promise.all(
        spawn(5, function* () {
          const outcome = yield* passTwiceOrFail(barrier);
          if ((yield* meeting.wait()) === 2) barrier.reset();
          yield* meeting.wait();
          yield* barrier.wait();
          return outcome;
        }),
      );
      expect(outcomes.toSorted()).toEqual(["broken", "broken", "broken", "broken", "failed"]);
      expect({ broken: barrier.broken, waiting: barrier.waiting }).toEqual({ broken: false, waiting: 0 });
    });
  });

  it("lets full rounds through and keeps nobody, wherever a task is cancelled", async () => {
    await sweepCancel(
      () => {
        const barrier = new Barrier(2);
        const places: number[] = [];
        const pass = () => createTask(passAndNote, barrier, places);
        // Four tasks make two rounds; one that stays alone is released by the reset.
        return {
          tasks: {
            a: pass(),
            b: pass(),
            c: pass(),
            d: pass(),
            resetter: createTask(resetLater, barrier),
          },
          verify() {
            expect(barrier.waiting).toBe(0);
            expect(places.filter((place) => place === 0).length).toBe(
              places.filter((place) => place === 1).length,
            );
          },
        };
      },
      { victims: ["a", "b", "c", "d"], twice: true },
    );
  });
});

function spawn<T>(count: number, body: () => Coroutine<T>): Task<T>[] {
  return Array.from({ length: count }, () => createTask(body));
}

function* passOnce(barrier: Barrier) {
  return yield* barrier.wait();
}

function* passTwiceOrFail(barrier: Barrier) {
  try {
    if ((yield* barrier.wait()) === 2) throw new Error("the third fails");
    yield* barrier.wait();
    return "through";
  } catch (error) {
    if (error instanceof BrokenBarrierError) return "broken";
    barrier.abort();
    return "failed";
  }
}

function* passAndNote(barrier: Barrier, places: number[]) {
  try {
    places.push(yield* barrier.wait());
    yield* checkpoint();
  } catch (error) {
    if (!(error instanceof BrokenBarrierError)) throw error;
  }
}

function* resetLater(barrier: Barrier) {
  for (let turn = 0; turn < 6; turn++) yield* checkpoint();
  barrier.reset();
}
