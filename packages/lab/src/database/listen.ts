import { lookup } from "node:dns/promises";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { ListenError, PortInUseError } from "../errors.ts";
import type { ResolvedOptions } from "./options.ts";

/** Connections that may wait to be accepted; a client that opens ten thousand at once would else retry after a second. */
const backlog = 16_384;

/** Where a server is reached. */
export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Listens, or closes the app and throws.
 *
 * @throws {@link PortInUseError}, {@link ListenError}.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<ResolvedOptions, "host" | "port">,
): Promise<BoundAddress> {
  try {
    // One address, also for "localhost", which fastify would bind twice.
    const { address } = await lookup(host);
    await app.listen({ host: address, port, backlog });
    // The address of a listening TCP server is not a string and not null.
    const bound = app.server.address() as AddressInfo;
    return { address: `http://${toUrlHost(bound)}:${bound.port}`, port: bound.port };
  } catch (cause) {
    await app.close();
    throw toListenError(cause, host, port);
  }
}

function toListenError(cause: unknown, host: string, port: number): Error {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  if (code === "EADDRINUSE") {
    return new PortInUseError(`port ${port} on ${host} is in use: choose another, or 0 for a free one`, {
      cause,
    });
  }
  const advice = "choose a host of this machine and a port from 1024 on";
  return new ListenError(`cannot listen on ${host}, port ${port} (${code}): ${advice}`, { cause });
}

/** How clients on this machine reach it: a wildcard listens on the loopback address too. */
function toUrlHost({ address, family }: AddressInfo): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "[::1]";
  return family === "IPv6" ? `[${address}]` : address;
}
