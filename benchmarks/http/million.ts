import { fetchMany } from "@overlap/http";
import { Trace } from "@overlap/trace";

/** `million.ts URL COUNT`: sends that many requests that a generator makes, and prints how many were not answered; on stderr the most memory in use. */

const [url = "", count = ""] = process.argv.slice(2);

function* urls(): Generator<string> {
  for (let i = 0; i < Number(count); i++) yield `${url}/fast/${i}`;
}

let answered = 0;
let mostBytes = 0;
for await (const { ok } of fetchMany(urls(), { concurrency: 100, trace: new Trace({ limit: 10_000 }) })) {
  if (ok) answered++;
  if (answered % 10_000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
}
console.error(`${answered} answered in ${Math.round(mostBytes / 2 ** 20)} MiB of memory`);
console.log(Number(count) - answered);
