/* The thread of the server: GET /light is answered at once, GET /heavy/<mode> after its work. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { run } from "@overlap/loop";
import type { ListeningMessage } from "../server-thread.ts";
import { type HeavyWork, serverModes } from "./modes.ts";

const work = workerData as HeavyWork;

async function answerHeavy(name: string, response: ServerResponse): Promise<void> {
  const mode = serverModes.find((one) => one.name === name);
  if (mode === undefined) {
    response.writeHead(404).end();
    return;
  }
  try {
    const steps = await run(() => mode.answer(work));
    response.end(JSON.stringify({ steps }));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((request, response) => {
  const [, path, mode = ""] = (request.url ?? "").split("/");
  if (path === "heavy") void answerHeavy(mode, response);
  else response.end("light");
});

server.listen(0, "127.0.0.1", () => {
  const message: ListeningMessage = { port: (server.address() as AddressInfo).port };
  parentPort?.postMessage(message);
});
