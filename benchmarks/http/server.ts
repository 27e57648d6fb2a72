import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";

/** A server in a process of its own. */
export interface BenchServer {
  /** Without a slash at the end. */
  readonly url: string;
  end(): void;
}

/** Answers `/fast/…` at once, `/slow/…` after 100 ms and `/stalled/…` never, with 100 bytes; on every loopback address. */
export async function startServer(): Promise<BenchServer> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await once(child.stdout, "data");
  return { url: `http://127.0.0.1:${String(port).trim()}`, end: () => child.stdin.end() };
}

/** Ends with the process that reads from it, whatever ends that. */
function serve(): void {
  const body = "x".repeat(100);
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/fast")) response.end(body);
    else if (request.url?.startsWith("/slow")) setTimeout(() => response.end(body), 100);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "0.0.0.0", 4_096, () => {
    const address = server.address();
    if (address !== null && typeof address === "object") console.log(address.port);
  });
  process.stdin.on("end", () => process.exit()).resume();
}

if (process.argv[1] === import.meta.filename) serve();
