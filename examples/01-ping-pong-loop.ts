/**
 * An event loop is a queue of functions. `hello` puts `world` on the queue and returns at once, `world` puts `hello` back:
 * neither waits for the other, and each turn of the loop runs what was on the queue when the turn began.
 */
import { Future, Loop } from "@overlap/loop";

const loop = new Loop();
const third = new Future<string>(loop);
let rounds = 0;

function hello(): void {
  console.log("Hello");
  loop.callSoon(world);
}

function world(): void {
  console.log("world!");
  rounds++;
  if (rounds === 3) third.setResult("the third round is done");
  if (rounds === 5) loop.stop();
  loop.callSoon(hello);
}

// Until one result is there; then on as a plain program. What is on the queue stays there.
const result = loop.runUntilComplete(third);
loop.callSoon(hello);
console.log("queued, and nothing has run yet");
console.log(await result);

// For ever, or until somebody stops it.
console.log("and on");
await loop.runForever();
console.log(`stopped after ${rounds} rounds`);
loop.close();
