import { CancelledError, currentLoop, run, sleep, taskGroup } from "@overlap/loop";
import { type SignalError, type SignalOptions, withSignals } from "@overlap/loop/node";

// A program that is asked to end: what its main task does then is its first argument, the options its second.

const [behaviour = "", options = "{}"] = process.argv.slice(2);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const stop = new AbortController();
const { caught, abort, ...signalOptions } = JSON.parse(options) as SignalOptions & {
  readonly caught?: boolean;
  readonly abort?: boolean;
};

function ready(): void {
  print("ready");
  if (abort === true) setTimeout(() => stop.abort(), 0);
}

const behaviours = {
  *cleanUp() {
    try {
      ready();
      yield* sleep(3_600_000);
    } catch (error) {
      const { reason } = error as CancelledError;
      print(`cancelled by ${(reason as SignalError).signal}`);
      throw error;
    } finally {
      yield* sleep(1);
      print("cleaned up");
    }
  },
  *ignore() {
    ready();
    for (;;) {
      try {
        yield* taskGroup(function* (group) {
          group.spawn(function* stubborn() {
            yield* sleep(3_600_000);
          });
        });
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        print("ignored");
      }
    }
  },
  *answer() {
    try {
      ready();
      yield* sleep(3_600_000);
    } catch {
      print("cancelled");
    }
    return "answer";
  },
  *failCleaningUp() {
    try {
      ready();
      yield* sleep(3_600_000);
    } finally {
      fail();
    }
  },
  *finish() {
    yield* sleep(1);
    return "finished";
  },
  *waitForNothing() {
    yield* currentLoop().createFuture<void>();
  },
};

function fail(): never {
  throw new RangeError("could not clean up");
}

const main = behaviours[behaviour as keyof typeof behaviours] ?? behaviours.cleanUp;
try {
  print(String(await withSignals<unknown>(main, { ...signalOptions, signal: stop.signal })));
} catch (error) {
  if (caught !== true) throw error;
  print(`${(error as Error).name}: ${(error as Error).message}`);
}
print(`listeners left: ${process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")}`);
if (behaviour === "answer" && signalOptions.graceMs !== undefined) {
  await run(() => sleep(2 * (signalOptions.graceMs ?? 0)));
  print("outlived the grace period");
}
if (behaviour === "finish") {
  print("ready");
  await run(() => sleep(3_600_000));
}
