import { runBlocking, toThread } from "@overlap/loop/node";

// Started with a preload that lets no thread start.
try {
  runBlocking("node:querystring", "escape", "a b");
} catch (error) {
  process.stdout.write(`${(error as Error).name}: ${(error as Error).message}\n`);
}
const error = (await toThread("node:querystring", "escape", "a b").catch(
  (caught: unknown) => caught,
)) as Error;
process.stdout.write(`${error.name}: ${String(error.cause)}\n`);
