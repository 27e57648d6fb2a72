import { createInterface } from "node:readline";
import { contenders } from "./contenders.ts";
import { type Load, loads } from "./loads.ts";

/**
 * `child.ts LOAD CONTENDER URL`: that contender in a process of its own. It prints a figure for each line that it reads, and ends with its
 * input. For a profile: `yes | head -5 | node --cpu-prof …`.
 */
const [name = "", contender = "", url = ""] = process.argv.slice(2);
const load = loads[name];
const create = contenders[contender];
if (load === undefined || create === undefined) {
  throw new Error(
    `expected one of ${Object.keys(loads).join(", ")} and one of ${Object.keys(contenders).join(", ")}`,
  );
}
const send = create();
for await (const _ of createInterface(process.stdin)) console.log(await sample(load));
process.exit(); // connections are kept

async function sample({ requests, inFlight, path, figure }: Load): Promise<number> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await send(urlsOf(`${url}/${path}`, requests), inFlight);
  const { user, system } = process.cpuUsage(before);
  return figure === "cpu" ? (user + system) / requests : performance.now() - startMs;
}

function* urlsOf(base: string, count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `${base}/${i}`;
}
