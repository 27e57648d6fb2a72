/* The thread of the server that draws flags: GET /FR.png, each after a delay. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { ListeningMessage } from "../server-thread.ts";
import { flagDesigns } from "./designs.ts";
import { drawFlag } from "./draw-flag.ts";

/** What the server is told. */
export interface FlagServerData {
  readonly delayMs: number;
}

const { delayMs } = workerData as FlagServerData;

const server = createServer((request, response) => {
  const design = flagDesigns.get(/^\/(\w\w)\.png$/.exec(request.url ?? "")?.[1] ?? "");
  setTimeout(() => {
    if (design === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png" }).end(drawFlag(design));
  }, delayMs);
});

server.listen(0, "127.0.0.1", () => {
  const message: ListeningMessage = { port: (server.address() as AddressInfo).port };
  parentPort?.postMessage(message);
});
