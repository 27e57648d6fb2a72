import { measures } from "./measures.ts";

/**
 * `child.ts MEASURE INDEX`: that contender in a process of its own. Started with a channel, it sends a figure for each message;
 * started by hand, it prints twenty (for a profile: `node --cpu-prof`).
 */

const [name = "", index = "0"] = process.argv.slice(2);
const contender = (await measures[name]?.())?.contenders[Number(index)];
if (contender === undefined)
  throw new Error(`expected one of ${Object.keys(measures).join(", ")} and an index, got ${name} ${index}`);

if (process.send === undefined) await printSamples(20);
else process.on("message", () => void sendSample());

/** A full collection would throw away compiled code whose objects have died, and double what follows. */
async function sendSample(): Promise<void> {
  globalThis.gc?.({ type: "minor" });
  process.send?.(await contender?.sample());
}

async function printSamples(count: number): Promise<void> {
  for (let i = 0; i < count; i++) console.log(contender?.name, (await contender?.sample())?.toFixed(2));
}
