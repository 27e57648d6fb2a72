import type { Socket } from "node:net";
import { spawnDatabase } from "@overlap/lab";
import { expect, test } from "vitest";
import { openSocket, statsWhen } from "./database-client.ts";

/** What this system lets one process open, less what it needs for itself. */
const connections = Math.min(10_000, openFiles() - 500);

test(`holds ${connections} delayed requests on as many connections at once, and answers each`, async () => {
  await using database = await spawnDatabase({ delayMs: 4_000 });
  const sockets = await openAll(database.port);
  const answers = sockets.map(firstLine);
  for (const socket of sockets) socket.write("GET /add?name=a HTTP/1.1\r\nHost: test\r\n\r\n");
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["HTTP/1.1 200 OK"]));
  for (const socket of sockets) socket.destroy();
  const stats = await statsWhen(database.address, () => true);
  expect(stats).toMatchObject({ peakInFlight: connections, served: connections, rows: connections });
});

/** In groups, so that the queue of connections to accept doesn't overflow. */
async function openAll(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < connections) {
    const group = Math.min(250, connections - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: group }, () => openSocket(port)))));
  }
  return sockets;
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) =>
    socket.once("data", (chunk) => resolve(String(chunk).split("\r\n", 1)[0] ?? "")),
  );
}

function openFiles(): number {
  if (process.platform === "win32") return 20_000;
  // Else the report looks up the name of every address.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as {
    userLimits: { open_files: { soft: number | string } };
  };
  const { soft } = userLimits.open_files;
  return typeof soft === "number" ? soft : Number.POSITIVE_INFINITY;
}
