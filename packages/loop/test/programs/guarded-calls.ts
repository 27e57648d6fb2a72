import { execFileSync } from "node:child_process";
import crypto, { scryptSync } from "node:crypto";
import fs, { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createTask, currentLoop, Future, run, sleep } from "@overlap/loop";
import { guardBlockingCalls, runBlocking } from "@overlap/loop/node";

// Every line that the guard must name says so at its end. The guard prints what it finds to stderr.

const self = import.meta.filename;

function* coroutine() {
  for (let time = 0; time < 3; time++) readFileSync(self); // blocks: fs.readFileSync 3 times
  fs.statSync(self); // blocks: fs.statSync 1 times
  yield* sleep(1);
  gzipSync("text"); // blocks: zlib.gzipSync 1 times
  runBlocking("node:querystring", "escape", "text"); // blocks: runBlocking 1 times
  fs.realpathSync.native(self); // blocks: fs.realpathSync.native 1 times
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // blocks: Atomics.wait 1 times
  yield* createTask(asyncFunction);
}

async function asyncFunction() {
  scryptSync("secret", "salt", 16); // blocks: crypto.scryptSync 1 times
  await sleep(1);
  execFileSync(process.execPath, ["--version"]); // blocks: child_process.execFileSync 1 times
}

function callback(done: Future<void>) {
  crypto.pbkdf2Sync("secret", "salt", 1, 16, "sha256"); // blocks: crypto.pbkdf2Sync 1 times
  fs.existsSync(self); // blocks: fs.existsSync 1 times
  done.setResult();
}

async function main() {
  using _guard = guardBlockingCalls();
  readFileSync(self); // outside the loop
  await run(coroutine);
  const done = new Future<void>();
  currentLoop().callSoon(callback, done);
  await done;
  fs.readFileSync(self); // after the last task
}

await main();
await run(async () => void readFileSync(self)); // nobody watches any more
