import { fetchMany } from "@overlap/http";

/**
 * `stalled-host.ts URL [stalled]`: prints the milliseconds in which 999 hosts answer five requests each; if so with a thousandth
 * host among them that never answers any.
 */

const [url = "", stalled = ""] = process.argv.slice(2);
const { port } = new URL(url);
const hosts = Array.from({ length: 999 }, (_, i) => `127.0.${1 + (i >> 8)}.${i & 255}`);
const perHost = 5;

const startMs = performance.now();
let left = hosts.length * perHost;
for await (const { ok } of fetchMany(urls(), { concurrency: 100, perHost: 2 })) {
  if (ok && --left === 0) break;
}
console.log(performance.now() - startMs);

/** Host after host, five times; the one that stalls is asked a hundred times as often as the others. */
function* urls(): Generator<string> {
  for (let i = 0; i < perHost; i++) {
    for (const [n, host] of hosts.entries()) {
      yield `http://${host}:${port}/fast/${i}`;
      if (stalled !== "" && n % 10 === 0) yield `${url}/stalled/${i}`;
    }
  }
}
