import { tmpdir } from "node:os";
import { OptionError } from "../errors.ts";
import { expectInteger } from "../expect-integer.ts";
import type { SurroundingOptions } from "../surroundings.ts";

/** A host on the network and one of its ports. */
interface RemoteHost {
  readonly host: string;
  readonly port: number;
}

/** Options of `runLatency`. */
export interface LatencyOptions extends SurroundingOptions {
  /** Folder on the disk that is measured. @default the system's folder for temporary files */
  readonly folder?: string;
  /** Measurements of each kind, of which the median is given; at least 5. @default 50 */
  readonly samples?: number;
  /** A host to measure the network with, as `host:port`. @default the network is not measured */
  readonly remote?: string;
}

/** Options with their defaults. */
export type ResolvedLatencyOptions = Required<Pick<LatencyOptions, "folder" | "samples">> &
  SurroundingOptions & { readonly remote?: RemoteHost };

/** @throws OptionError for a value outside its range. */
export function resolveLatencyOptions(options: LatencyOptions): ResolvedLatencyOptions {
  const { folder = tmpdir(), samples = 50, remote, ...rest } = options;
  expectInteger("samples", samples, 5);
  return { ...rest, folder, samples, ...(remote !== undefined && { remote: parseRemote(remote) }) };
}

function parseRemote(text: string): RemoteHost {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new OptionError(`expected host:port for remote, got ${JSON.stringify(text)}`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
