import { Future } from "@overlap/loop";
// @ts-expect-error the suite has no types
import untypedSuite from "promises-aplus-tests";

/** The part of mocha's runner that a reporter hears. */
interface Runner {
  on(event: "pass", heard: () => void): void;
  on(event: "fail", heard: (test: { fullTitle(): string }, error: Error) => void): void;
}

type RunSuite = (
  adapter: { deferred(): unknown },
  options: { readonly timeout: number; readonly reporter: new (runner: Runner) => unknown },
  whenDone: () => void,
) => void;

const runSuite: RunSuite = untypedSuite;
const result = { passed: 0, failed: [] as string[] };

/** Resolving adopts a thenable, and only the first time counts: a bare future refuses the one and the other. */
function deferred() {
  const promise = new Future<unknown>();
  let resolved = false;
  const settle = (finish: () => void) => {
    if (!resolved) finish();
    resolved = true;
  };
  return {
    promise,
    resolve: (value: unknown) => settle(() => resolveWith(promise, value)),
    reject: (error: unknown) => settle(() => promise.setException(error)),
  };
}

function resolveWith(promise: Future<unknown>, value: unknown): void {
  if (Object(value) === value && "then" in (value as object)) {
    Promise.resolve(value).then(
      (final) => promise.setResult(final),
      (error: unknown) => promise.setException(error),
    );
  } else {
    promise.setResult(value);
  }
}

class Reporter {
  constructor(runner: Runner) {
    runner.on("pass", () => result.passed++);
    runner.on("fail", (test, error) => result.failed.push(`${test.fullTitle()}: ${error.message}`));
  }
}

runSuite({ deferred }, { timeout: 20_000, reporter: Reporter }, () => {
  process.stdout.write(JSON.stringify(result), () => process.exit());
});
