import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { faults } from "../../packages/http/test/fault-rows.ts";

/** A server in a process of its own, on every loopback address. */
export interface FaultServer {
  readonly port: number;
  countConnections(): Promise<number>;
  end(): void;
}

/**
 * Answers `/good/BYTES` at once, `/slow/MS` after that time, `/stalled` never, `/close` and `/reset` with the end of the connection after the
 * answer, and anything on the address 127.0.3.N with row N of the faults.
 */
export async function startFaultServer(): Promise<FaultServer> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  const [port] = await once(lines, "line");
  return {
    port: Number(port),
    countConnections: async () => {
      const line = once(lines, "line");
      child.stdin.write("count\n");
      return Number((await line)[0]);
    },
    end: () => child.stdin.end(),
  };
}

function serve(): void {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => {}).once("close", () => connections--);
    answerRequests(socket);
  });
  server.listen(0, "0.0.0.0", 4_096, () => {
    const address = server.address();
    if (address !== null && typeof address === "object") console.log(address.port);
  });
  const lines = createInterface(process.stdin);
  lines.on("line", () => console.log(connections)).once("close", () => process.exit());
}

/** Requests have no body. */
function answerRequests(socket: Socket): void {
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
      const [, path = ""] = received.split(" ", 2);
      received = received.slice(end + 4);
      answer(socket, path);
    }
  });
}

function answer(socket: Socket, path: string): void {
  const [, kind = "", parameter = ""] = path.split("/");
  const [, , net, row] = (socket.localAddress ?? "").split(".");
  if (net === "3") faults[Number(row)]?.answer(socket, path);
  else if (kind === "good") socket.write(good(Number(parameter)));
  else if (kind === "slow") setTimeout(() => socket.writable && socket.write(good(2)), Number(parameter));
  else if (kind === "close") socket.end(good(2));
  else if (kind === "reset") socket.write(good(2), () => setImmediate(() => socket.resetAndDestroy()));
}

function good(bytes: number): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n${"x".repeat(bytes)}`;
}

if (process.argv[1] === import.meta.filename) serve();
