import { runBlocking } from "@overlap/loop/node";

/** Far more than a pipe holds. */
const line = "x".repeat(500_000);

export async function print(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((resolve) => stream.write(`${line}\n`, resolve));
  }
  // biome-ignore lint/suspicious/noConsole: that is what most programs print with
  console.log("from the thread");
}

if (import.meta.main) {
  process.stdout.write("before\n");
  runBlocking<typeof print>(import.meta.url, "print");
  process.stdout.write("after\n");
}
