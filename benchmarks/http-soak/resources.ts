import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FaultServer } from "./server.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Compiled code and inline caches settle before that. */
const settlingRounds = 3;
const mostGrowthBytes = 2_000_000;

/** As many as a session of the soak keeps, with those whose end is on its way to the server. */
const mostSockets = 150;

/** What a process holds between rounds, which may not grow. */
export class Resources {
  readonly #heaps: number[] = [];

  /** Notes what is held now, and says it. @throws when there are too many connections. */
  async sample(server: FaultServer): Promise<string> {
    const sockets = await server.countConnections();
    if (sockets > mostSockets) throw new Error(`${sockets} connections are open`);
    collect();
    collect();
    const { heapUsed } = process.memoryUsage();
    this.#heaps.push(heapUsed);
    return `heap ${(heapUsed / 1e6).toFixed(1)} MB, ${sockets} connections`;
  }

  /** @throws when a socket is open, here or at the server, or the heap has grown. */
  async conclude(server: FaultServer): Promise<void> {
    if (openSockets() > 0) throw new Error(`${openSockets()} sockets are open after the session was closed`);
    const left = await waitForNone(server);
    if (left > 0) throw new Error(`the server has ${left} sockets open after the session was closed`);
    const settled = this.#heaps.slice(settlingRounds);
    const third = Math.ceil(settled.length / 3);
    const growth = Math.min(...settled.slice(-third)) - Math.min(...settled.slice(0, third));
    if (growth > mostGrowthBytes)
      throw new Error(`the heap grew by ${growth} bytes over ${settled.length} rounds`);
    console.log(
      `no socket left; the heap grew by ${Math.round(growth / 1e3)} kB over ${settled.length} rounds`,
    );
  }
}

/** Idle ones don't count, which don't keep a process alive; the server counts all. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
}

/** The ends of connections take a moment to arrive. */
async function waitForNone(server: FaultServer): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await server.countConnections()) === 0) return 0;
    await sleep(50);
  }
  return await server.countConnections();
}
