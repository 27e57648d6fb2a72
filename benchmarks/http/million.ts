import { fetchMany } from "@overlap/http";
import { Trace } from "@overlap/trace";

/** Sends a million requests that a generator makes, and prints how many were answered and the most memory that was in use. */

const [url = "", count = "1000000"] = process.argv.slice(2);

function* urls(): Generator<string> {
  for (let i = 0; i < Number(count); i++) yield `${url}/fast/${i}`;
}

let answered = 0;
let mostBytes = 0;
for await (const { ok } of fetchMany(urls(), { concurrency: 100, trace: new Trace({ limit: 10_000 }) })) {
  if (ok) answered++;
  if (answered % 10_000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
}
console.log(JSON.stringify({ answered, rssMiB: Math.round(mostBytes / 2 ** 20) }));
