/**
 * Flags: for each country get the image from a server that takes 100 ms, show the code, save the file. First one by one, then overlapped.
 * Saving blocks, as it does in many libraries, so it is done on a thread: the loop goes on with the other downloads.
 */
import { once } from "node:events";
import { mkdtempDisposable, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@overlap/http";
import { type Coroutine, each, mapUnordered, run } from "@overlap/loop";
import { toThread } from "@overlap/loop/node";

/** Three stripes each: across, or upright. */
const flags: Record<string, readonly ["across" | "upright", string, string, string]> = {
  AM: ["across", "#d90012", "#0033a0", "#f2a800"],
  AT: ["across", "#c8102e", "#ffffff", "#c8102e"],
  BE: ["upright", "#000000", "#fdda24", "#ef3340"],
  BG: ["across", "#ffffff", "#00966e", "#d62612"],
  CI: ["upright", "#ff8200", "#ffffff", "#009a44"],
  DE: ["across", "#000000", "#dd0000", "#ffce00"],
  EE: ["across", "#0072ce", "#000000", "#ffffff"],
  FR: ["upright", "#002654", "#ffffff", "#ce1126"],
  GA: ["across", "#009e60", "#fcd116", "#3a75c4"],
  GN: ["upright", "#ce1126", "#fcd116", "#009460"],
  HU: ["across", "#ce2939", "#ffffff", "#477050"],
  IE: ["upright", "#169b62", "#ffffff", "#ff883e"],
  IT: ["upright", "#008c45", "#f4f9ff", "#cd212a"],
  LT: ["across", "#fdb913", "#006a44", "#c1272d"],
  LU: ["across", "#ef3340", "#ffffff", "#00a3e0"],
  ML: ["upright", "#14b53a", "#fcd116", "#ce1126"],
  NL: ["across", "#ae1c28", "#ffffff", "#21468b"],
  RO: ["upright", "#002b7f", "#fcd116", "#ce1126"],
  SL: ["across", "#1eb53a", "#ffffff", "#0072c6"],
  YE: ["across", "#ce1126", "#ffffff", "#000000"],
};
const codes = Object.keys(flags);
const delayMs = 100;

/** An image of 90 × 60. */
function draw(code: string): string {
  const [direction, ...colors] = flags[code] ?? ["across", "#888", "#888", "#888"];
  const stripes = colors.map((color, index) =>
    direction === "across"
      ? `<rect y="${index * 20}" width="90" height="20" fill="${color}"/>`
      : `<rect x="${index * 30}" width="30" height="60" fill="${color}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60">${stripes.join("")}</svg>\n`;
}

const server = createServer((request, response) => {
  const code = (request.url ?? "").slice(1, 3).toUpperCase();
  setTimeout(() => response.setHeader("content-type", "image/svg+xml").end(draw(code)), delayMs);
});

/** The work for one country. */
function* download(session: Session, code: string, folder: string): Coroutine<void> {
  const { port } = server.address() as AddressInfo;
  const response = yield* session.get(`http://127.0.0.1:${port}/${code.toLowerCase()}.svg`);
  const image = yield* response.bytes();
  process.stdout.write(`${code} `);
  yield* toThread<typeof import("node:fs").writeFileSync>(
    "node:fs",
    "writeFileSync",
    join(folder, `${code}.svg`),
    image,
  );
}

function* oneByOne(session: Session, folder: string): Coroutine<void> {
  for (const code of codes) yield* download(session, code, folder);
}

function* overlapped(session: Session, folder: string): Coroutine<void> {
  const downloads = mapUnordered(codes, (code: string) => download(session, code, folder), {
    concurrency: 20,
  });
  yield* each(downloads, function* () {});
}

/** Seconds that one way of doing it takes, into a folder of its own. */
async function measure(way: typeof oneByOne): Promise<number> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "flags-"));
  await using session = new Session();
  const startMs = performance.now();
  await run(() => way(session, folder.path));
  const seconds = (performance.now() - startMs) / 1_000;
  const files = await readdir(folder.path);
  console.log(`\n${way.name}: ${files.length} files in ${seconds.toFixed(2)} s`);
  return seconds;
}

server.listen(0, "127.0.0.1");
await once(server, "listening");
const slow = await measure(oneByOne);
const fast = await measure(overlapped);
console.log(`overlapped is ${(slow / fast).toFixed(1)} times as fast`);
server.close();
server.closeAllConnections();
