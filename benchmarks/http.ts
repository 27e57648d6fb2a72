import { takeAlone } from "./http/alone.ts";
import { findPythonPeers } from "./http/python-peers.ts";
import { startServer } from "./http/server.ts";
import { takeTurns } from "./http/turns.ts";
import { describeMachine, loadOfLastMinute, print, readVersions, writeResults } from "./loop/results.ts";
import type { Measured } from "./loop/rounds.ts";

const peers = ["undici", "p-limit", "p-map", "got"];

/**
 * The session beside bare dispatch, undici.request, node's fetch and got, on one server process: the contenders take turns, each in
 * a process of its own. Medians, minima and ratios beside what is aimed at. Writes `results/http.json`.
 */
export async function bench(): Promise<void> {
  const machine = describeMachine();
  console.log(Object.values(machine).join(", "));
  const loadBefore = loadOfLastMinute();
  const python = await findPythonPeers();
  const measured: Measured[] = [];
  const server = await startServer();
  try {
    for await (const result of takeAll(server.url, python)) {
      measured.push(result);
      print(result);
    }
  } finally {
    server.end();
  }
  console.log();
  for (const [name, found] of Object.entries(python))
    console.log(`  ${name.padEnd(52)} ${found ?? "not installed"}`);
  const load = { before: loadBefore, after: loadOfLastMinute() };
  const versions = { ...readVersions(peers), ...python };
  writeResults("http", { machine, load, versions, measured });
}

async function* takeAll(
  url: string,
  python: Readonly<Record<string, string | null>>,
): AsyncGenerator<Measured> {
  yield* takeTurns(
    url,
    Object.keys(python).filter((name) => python[name] !== null),
  );
  yield* takeAlone(url);
}
