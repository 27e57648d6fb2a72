/**
 * Callbacks: `save` returns at once and calls back when the value is saved. Ten saves take as long as one. What must happen in
 * order has to be nested, which is how pyramids are built.
 */
import { currentLoop, Future } from "@overlap/loop";

const delayMs = 100;
const loop = currentLoop();
let startMs = loop.now();

function elapsed(): string {
  return `${((loop.now() - startMs) / 1_000).toFixed(3)} s`;
}

/** A call over the network. */
function save(value: string, callback: (saved: string) => void): void {
  loop.callLater(delayMs, callback, `${value} saved`);
}

const inOrder = new Future<void>();
save("first", (first) => {
  save("second", (second) => {
    save("third", (third) => {
      console.log(`one after the other: ${first}, ${second}, ${third} after ${elapsed()}`);
      inOrder.setResult();
    });
  });
});
await inOrder;

startMs = loop.now();
const allSaved = new Future<void>();
let left = 10;
for (let value = 0; value < 10; value++) {
  save(String(value), () => {
    if (--left === 0) allSaved.setResult();
  });
}
console.log(`ten at once: all calls have returned after ${elapsed()}`);
await allSaved;
console.log(`ten at once: all are saved after ${elapsed()}`);
