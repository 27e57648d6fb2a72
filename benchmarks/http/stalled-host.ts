import { fetchMany } from "@overlap/http";

/**
 * Prints the milliseconds in which 999 hosts answer five requests each, without and with a thousandth host among them that
 * never answers any.
 */

const [url = "", rounds = "5"] = process.argv.slice(2);
const { port } = new URL(url);
const hosts = Array.from({ length: 999 }, (_, i) => `127.0.${1 + (i >> 8)}.${i & 255}`);
const perHost = 5;

const wallMs: { without: number[]; with: number[] } = { without: [], with: [] };
for (let round = -1; round < Number(rounds); round++) {
  for (const kind of ["without", "with"] as const) {
    const ms = await answerAll(kind === "with");
    if (round >= 0) wallMs[kind].push(ms);
  }
}
console.log(JSON.stringify(wallMs));

async function answerAll(stalled: boolean): Promise<number> {
  const startMs = performance.now();
  let left = hosts.length * perHost;
  for await (const { ok } of fetchMany(urls(stalled), { concurrency: 100, perHost: 2 })) {
    if (ok && --left === 0) break;
  }
  return performance.now() - startMs;
}

/** Host after host, five times; the one that stalls is asked a hundred times as often as the others. */
function* urls(stalled: boolean): Generator<string> {
  for (let i = 0; i < perHost; i++) {
    for (const [n, host] of hosts.entries()) {
      yield `http://${host}:${port}/fast/${i}`;
      if (stalled && n % 10 === 0) yield `${url}/stalled/${i}`;
    }
  }
}
