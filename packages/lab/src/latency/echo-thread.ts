/* The other side of every round trip: sends back what it gets, over a socket and as a message. */
import { type AddressInfo, createServer } from "node:net";
import { parentPort } from "node:worker_threads";
import type { ListeningMessage } from "../server-thread.ts";

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});

server.listen(0, "127.0.0.1", () => {
  const message: ListeningMessage = { port: (server.address() as AddressInfo).port };
  parentPort?.postMessage(message);
  parentPort?.on("message", (value: unknown) => parentPort?.postMessage(value));
});
