import {
  asCompleted,
  type Completions,
  createTask,
  currentLoop,
  each,
  Future,
  gather,
  InvalidArgumentError,
  InvalidStateError,
  sleep,
  TimeoutError,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

function* sleeper(delayMs: number, name: string) {
  yield* sleep(delayMs);
  return name;
}

/** The names in the order in which a plain iteration, and one by `each`, bring them. */
const styles: [string, (completions: Completions<Future<string>, string>) => Generator<never, string[]>][] = [
  ["plain iteration", plainly as never],
  ["each", byEach as never],
];

function* plainly(completions: Completions<Future<string>, string>) {
  const names: string[] = [];
  for (const next of completions) names.push(yield* next);
  return names;
}

function* byEach(completions: Completions<Future<string>, string>) {
  const names: string[] = [];
  yield* each(completions, function* (future) {
    names.push(future.result());
  });
  return names;
}

describe.each(styles)("asCompleted by %s", (_style, namesOf) => {
  it("brings results in the order in which they come (test_as_completed)", () => {
    runVirtualSync(function* () {
      const names = yield* namesOf(asCompleted([sleeper(10, "b"), sleeper(150, "c"), sleeper(5, "a")]));
      expect(names).toEqual(["a", "b", "c"]);
      expect(currentLoop().now()).toBe(150);
    });
  });

  it("counts a source given twice once (test_as_completed_duplicate_coroutines)", () => {
    runVirtualSync(function* () {
      const ham = sleeper(1, "ham");
      expect(yield* namesOf(asCompleted([ham, ham, sleeper(2, "spam")]))).toEqual(["ham", "spam"]);
    });
  });

  it("brings what is done already, at once, in the order given", () => {
    runVirtualSync(function* () {
      const [a, b] = [createTask(sleeper, 20, "a"), createTask(sleeper, 10, "b")];
      yield* wait([a, b]);
      expect(yield* namesOf(asCompleted([a, b]))).toEqual(["a", "b"]);
      expect(currentLoop().now()).toBe(20);
    });
  });

  it("throws when its time is over, and leaves the sources alone (test_as_completed_with_timeout)", () => {
    runVirtualSync(function* () {
      const [a, b] = [createTask(sleeper, 100, "a"), createTask(sleeper, 150, "b")];
      const completions = asCompleted([a, b], { timeoutMs: 120 });
      const task = createTask(() => namesOf(completions));
      yield* wait([task]);
      expect(task.exception()).toEqual(new TimeoutError("1 of 2 were not done within 120 ms"));
      expect([currentLoop().now(), a.result(), b.state]).toEqual([120, "a", "pending"]);
      expect(yield* b).toBe("b");
    });
  });

  it("does not mind a limit that is not reached (test_as_completed_with_unused_timeout)", () => {
    runVirtualSync(function* () {
      expect(yield* namesOf(asCompleted([sleeper(10, "a")], { timeoutMs: 1_000 }))).toEqual(["a"]);
      expect(currentLoop().now()).toBe(10);
    });
  });

  it("is empty for no sources", () => {
    runVirtualSync(function* () {
      expect(yield* namesOf(asCompleted<Future<string>>([]))).toEqual([]);
    });
  });
});

describe("asCompleted", () => {
  it("gives the original futures, and tasks for coroutines, to an async iteration (test_as_completed_same_tasks_in_as_out)", async () => {
    await runVirtual(async () => {
      const [b, d] = [createTask(sleeper, 2, "b"), createTask(sleeper, 4, "d")];
      const out: Future<string>[] = [];
      for await (const future of asCompleted([sleeper(1, "a"), b, sleeper(3, "c"), d])) out.push(future);
      expect(out.map((future) => future.result())).toEqual(["a", "b", "c", "d"]);
      expect([out[1] === b, out[3] === d]).toEqual([true, true]);
    });
  });

  it("brings the n-th to end to the n-th that is waited for (test_as_completed_reverse_wait)", () => {
    runVirtualSync(function* () {
      const [first, second] = [...asCompleted([sleeper(50, "a"), sleeper(100, "b")])];
      if (!(first && second)) throw new Error("there is one for each source");
      expect([yield* second, currentLoop().now()]).toEqual(["a", 50]);
      expect([yield* first, currentLoop().now()]).toEqual(["b", 100]);
      const third = createTask(() => first);
      yield* wait([third]);
      expect(third.exception()).toBeInstanceOf(InvalidStateError);
    });
  });

  it("lets several be waited for at once (test_as_completed_concurrent)", () => {
    runVirtualSync(function* () {
      const both = yield* gather([...asCompleted([sleeper(50, "a"), sleeper(50, "b")])]);
      expect(both.sort()).toEqual(["a", "b"]);
    });
  });

  it("goes on where the last iteration stopped (test_as_completed_resume_iterator)", async () => {
    const sources = () => [0, 1, 2, 3].map((n) => sleeper(n, String(n)));
    await runVirtual(async () => {
      const completions = asCompleted(sources());
      const names: string[] = [];
      for await (const future of completions) {
        if (names.push(future.result()) === 2) break;
      }
      for await (const future of completions) names.push(future.result());
      expect(names).toEqual(["0", "1", "2", "3"]);
    });
    await runVirtual(async () => {
      const completions = asCompleted(sources());
      const names: string[] = [];
      for (const next of completions) {
        if (names.push(await next) === 2) break;
      }
      for (const next of completions) names.push(await next);
      expect(names).toEqual(["0", "1", "2", "3"]);
    });
  });

  it("throws what a source failed with at its turn, and goes on", () => {
    runVirtualSync(function* () {
      const failing = new Future<string>();
      failing.setException(new Error("no"));
      const seen: string[] = [];
      for (const next of asCompleted([failing, sleeper(1, "a")])) {
        try {
          seen.push(yield* next);
        } catch (error) {
          seen.push((error as Error).message);
        }
      }
      expect(seen).toEqual(["no", "a"]);
    });
  });

  it("brings what is done in the turn in which the time is over", () => {
    runVirtualSync(function* () {
      const future = new Future<string>();
      currentLoop().callLater(10, () => future.setResult("just in time"));
      const completions = asCompleted([future, sleeper(50, "late")], { timeoutMs: 10 });
      const seen: unknown[] = [];
      for (const next of completions) {
        try {
          seen.push(yield* next);
        } catch (error) {
          seen.push((error as Error).message);
        }
      }
      expect(seen).toEqual(["just in time", "1 of 2 were not done within 10 ms"]);
    });
  });

  it("loses no result when a wait for the next one is cancelled", () => {
    runVirtualSync(function* () {
      const completions = asCompleted([sleeper(10, "a"), sleeper(20, "b")]);
      const impatient = createTask(() => completions.pull() as Future<unknown>);
      yield* allTasksBlocked();
      impatient.cancel();
      yield* wait([impatient]);
      expect(yield* plainly(completions)).toEqual(["a", "b"]);
    });
  });

  it("refuses what it cannot wait for (test_as_completed_invalid_args)", () => {
    expect(() => asCompleted(new Future<void>() as never)).toThrow(InvalidArgumentError);
    expect(() => asCompleted([1] as never)).toThrow("got 1");
    expect(() => asCompleted([], { timeoutMs: -1 })).toThrow("for timeoutMs, got -1");
  });
});
