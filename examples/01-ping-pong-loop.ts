/**
 * An event loop is a queue of functions. `hello` puts `world` on the queue and returns at once, `world` puts `hello` back:
 * neither waits for the other, and each turn of the loop runs what was on the queue when the turn began.
 */
import { currentLoop, Future } from "@overlap/loop";

const loop = currentLoop();
const finished = new Future<string>();

function hello(rounds: number): void {
  console.log("Hello");
  loop.callSoon(world, rounds);
}

function world(rounds: number): void {
  console.log("world!");
  if (rounds > 1) loop.callSoon(hello, rounds - 1);
  else finished.setResult("the result that the program waited for");
}

loop.callSoon(hello, 3);
console.log("queued, and nothing has run yet");

// Run until one result is there, then go on as a plain program.
console.log(await finished);
