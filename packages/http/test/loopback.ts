import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A request that a test answers when it likes. */
interface Held {
  readonly path: string;
  readonly response: ServerResponse;
  /** The number of the connection it came on, from 0. */
  readonly connection: number;
}

/** A server that counts, and that holds each request until the test answers it. */
export interface HoldingServer {
  readonly url: string;
  readonly held: Held[];
  /** Requests being served now. */
  readonly serving: number;
  /** Requests being served at the same time, at most. */
  readonly mostAtOnce: number;
  readonly connections: number;
  readonly openConnections: number;
  /** Waits until `count` requests in all have come. */
  arrived(count: number): Promise<void>;
}

export async function holdRequests(host = "127.0.0.1"): Promise<HoldingServer> {
  const held: Held[] = [];
  const numbers = new Map<Socket, number>();
  const watchers = new Set<() => void>();
  let [serving, mostAtOnce, connections] = [0, 0, 0];
  const server = createHttpServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++serving);
    response.once("close", () => serving--);
    held.push({ path: request.url ?? "", response, connection: numbers.get(request.socket) ?? -1 });
    for (const watch of watchers) watch();
  });
  server.on("connection", (socket: Socket) => {
    numbers.set(socket, connections++);
    socket.once("close", () => numbers.delete(socket));
  });
  return {
    url: await listen(server, host),
    held,
    get serving() {
      return serving;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return numbers.size;
    },
    arrived: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (held.length < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** A server that answers each request with `answer`. */
export async function answerRequests(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  return await listen(createHttpServer(answer));
}

/** A request as its bytes came. */
export interface RawRequest {
  readonly socket: Socket;
  /** Path and query. */
  readonly path: string;
  /** Its number on its connection, from 0. */
  readonly request: number;
  /** The number of the connection, from 0. */
  readonly connection: number;
}

/** A server that knows no HTTP. */
export interface RawServer {
  readonly url: string;
  readonly openConnections: number;
}

/** A server that answers a request, when its header is complete, with whatever bytes. */
export async function speakRaw(answer: (request: RawRequest) => void): Promise<RawServer> {
  let connections = 0;
  let openConnections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    openConnections++;
    let requests = 0;
    let received = "";
    socket.on("error", () => {});
    socket.once("close", () => openConnections--);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      while (received.includes("\r\n\r\n")) {
        const [, path = ""] = received.split(" ", 2);
        received = received.slice(received.indexOf("\r\n\r\n") + 4);
        answer({ socket, path, request: requests++, connection });
      }
    });
  });
  return {
    url: await listen(server),
    get openConnections() {
      return openConnections;
    },
  };
}

/** An address of this machine where nobody listens. */
export async function findClosedAddress(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

/** Listens until the test ends. */
export async function listen(server: Server, host = "127.0.0.1"): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}
