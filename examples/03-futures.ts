/**
 * A future is a result that isn't there yet. It ends once: fulfilled, failed or cancelled. Its callbacks are scheduled on the
 * loop, never run inside `setResult`, also when the result comes from another thread.
 */
import { currentLoop, Future } from "@overlap/loop";
import { toThread } from "@overlap/loop/node";

/** Runs on a thread; see the end. */
export function square(value: number): number {
  return value * value;
}

async function main(): Promise<void> {
  const answer = new Future<number>();
  console.log(`new: ${answer.state}`);
  try {
    answer.result();
  } catch (error) {
    console.log(`too early: ${String(error)}`);
  }

  answer.addDoneCallback((done) => console.log(`callback: the result is ${done.result()}`));
  answer.setResult(42);
  console.log(`after setResult: ${answer.state}, and the callback has not run yet`);
  try {
    answer.setResult(43);
  } catch (error) {
    console.log(`a second result: ${String(error)}`);
  }
  await answer;

  const failed = new Future<number>();
  currentLoop().callSoon(() => failed.setException(new RangeError("no answer")));
  console.log(`awaited: ${await failed.catch(String)}, and the future is ${failed.state}`);

  const withdrawn = new Future<number>();
  withdrawn.cancel("no longer needed");
  console.log(`cancelled: ${await withdrawn.catch(String)}`);

  // A thread sends its result as a message; the future is completed by the loop, like any other.
  const fromThread = toThread<typeof square>(import.meta.url, "square", 12);
  fromThread.addDoneCallback((done) => console.log(`callback: a thread computed ${done.result()}`));
  await fromThread;
}

if (import.meta.main) await main(); // threads load this file too
