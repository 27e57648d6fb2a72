import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server on loopback that counts. */
export interface Web {
  readonly url: string;
  /** Paths and queries, in the order in which they came. */
  readonly seen: readonly string[];
  /** Requests that were served at the same time, at most. */
  readonly mostAtOnce: number;
  /** Waits until so many requests in all have come. */
  arrived(count: number): Promise<void>;
  /** Ends it, in the middle of whatever it does. */
  kill(): void;
}

/** Serves until the test ends. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Web> {
  const seen: string[] = [];
  const watchers = new Set<() => void>();
  const sockets = new Set<Socket>();
  let [serving, mostAtOnce] = [0, 0];
  const listener: RequestListener = (request, response) => {
    seen.push(request.url ?? "");
    mostAtOnce = Math.max(mostAtOnce, ++serving);
    response.once("close", () => serving--);
    answer(request, response);
    for (const watch of watchers) watch();
  };
  const server = createServer(listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  function kill(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  onTestFinished(kill);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get mostAtOnce() {
      return mostAtOnce;
    },
    arrived: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (seen.length < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    kill,
  };
}
