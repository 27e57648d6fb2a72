import { contenders } from "./contenders.ts";
import { type Measure, measures } from "./measures.ts";

/**
 * `child.ts MEASURE CONTENDER URL`: that contender in a process of its own. Started with a channel, it sends a figure for each
 * message; started by hand, it prints five (for a profile: `node --cpu-prof`).
 */
const [name = "", contender = "", url = ""] = process.argv.slice(2);
const measure = measures[name];
const create = contenders[contender];
if (measure === undefined || create === undefined) {
  throw new Error(`expected one of ${Object.keys(measures)} and one of ${Object.keys(contenders)}`);
}
const send = create();

if (process.send === undefined) {
  for (let i = 0; i < 5; i++) console.log(contender, (await sample(measure)).toFixed(2), measure.unit);
  process.exit();
}
process.on("message", () => void sample(measure).then((figure) => process.send?.(figure)));

async function sample({ requests, inFlight, path, figure }: Measure): Promise<number> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await send(urlsOf(`${url}/${path}`, requests), inFlight);
  const { user, system } = process.cpuUsage(before);
  return figure === "cpu" ? (user + system) / requests : performance.now() - startMs;
}

function* urlsOf(base: string, count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `${base}/${i}`;
}
