import { CancelledError, createTask, currentLoop, Future, shield, sleep, wait } from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("shield", () => {
  it("passes the result on (test_shield_result)", () => {
    runVirtualSync(function* () {
      const inner = new Future<number>();
      const outer = shield(inner);
      inner.setResult(42);
      expect(yield* outer).toBe(42);
    });
  });

  it("passes the exception on (test_shield_exception)", () => {
    runVirtualSync(function* () {
      const inner = new Future<number>();
      const outer = shield(inner);
      const error = new Error("expected");
      inner.setException(error);
      yield* wait([outer]);
      expect(outer.exception()).toBe(error);
    });
  });

  it("is cancelled when the source is (test_shield_cancel_inner)", () => {
    runVirtualSync(function* () {
      const inner = new Future<number>();
      const outer = shield(inner);
      inner.cancel("from inside");
      yield* wait([outer]);
      expect(() => outer.result()).toThrow(expect.objectContaining({ reason: "from inside" }));
    });
  });

  it("takes the cancel alone and leaves nothing behind in the source (test_shield_cancel_outer)", () => {
    runVirtualSync(function* () {
      const inner = new Future<number>();
      const outers = [1, 2, 3].map(() => shield(inner));
      for (const outer of outers) outer.cancel();
      expect(outers.every((outer) => outer.cancelled)).toBe(true);
      expect([inner.state, inner.waiters]).toEqual(["pending", []]);
    });
  });

  it("lets a coroutine go on when its waiter is cancelled (test_shield_effect)", () => {
    runVirtualSync(function* () {
      const waiter = new Future<void>();
      let proof = 0;
      const outer = createTask(function* () {
        yield* shield(
          (function* () {
            yield* waiter;
            proof += 1;
          })(),
        );
        proof += 100;
      });
      yield* allTasksBlocked();
      outer.cancel();
      yield* wait([outer]);
      expect(outer.cancelled).toBe(true);
      waiter.setResult();
      yield* allTasksBlocked();
      expect(proof).toBe(1);
    });
  });

  it("of what is done is done (test_shield_shortcut)", async () => {
    const inner = new Future<number>();
    inner.setResult(42);
    expect(await shield(inner)).toBe(42);
  });

  it("delivers what came before the cancel did", () => {
    runVirtualSync(function* () {
      const inner = new Future<number>();
      const outer = shield(inner);
      yield* allTasksBlocked();
      inner.setResult(42);
      expect(outer.cancel()).toBe(false);
      expect(outer.result()).toBe(42);
    });
  });

  it.each([
    ["nothing when the source then ends well (test_shield_cancel_outer_result)", 1, false, []],
    ["the failure of the source once (test_shield_cancel_outer_exception)", 1, true, ["foo"]],
    ["it once for several shields (test_shield_duplicate_log_once)", 3, true, ["foo"]],
  ] as const)("that was cancelled leads to a report of %s", async (_case, shields, fails, expected) => {
    const reports: unknown[] = [];
    await runVirtual(function* () {
      currentLoop().setExceptionHandler(({ error }) => reports.push((error as Error).message));
      const inner = new Future<number>();
      for (let i = 0; i < shields; i++) shield(inner).cancel();
      if (fails) inner.setException(new Error("foo"));
      else inner.setResult(1);
      yield* sleep(1);
    });
    expect(reports).toEqual(expected);
  });

  it("keeps a finally waiting for work that has begun", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        const saving = createTask(function* save() {
          yield* sleep(50);
          return "saved";
        });
        try {
          yield* shield(saving);
        } catch (error) {
          if (error instanceof CancelledError) return yield* saving;
          throw error;
        }
        return "not cancelled";
      });
      currentLoop().callLater(10, () => task.cancel());
      expect(yield* task).toBe("saved");
      expect(currentLoop().now()).toBe(50);
    });
  });
});
