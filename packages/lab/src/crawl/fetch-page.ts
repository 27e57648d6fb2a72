import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { sharedNow } from "@overlap/trace";
import type { Download } from "./strategy.ts";

/** A thread has one connection, which it keeps. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Gets a page, on the thread that it is called on; times are on the clock that all threads share. */
export async function fetchPage(url: string): Promise<Download> {
  const startMs = sharedNow();
  const [response] = (await once(get(url, { agent }), "response")) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).byteLength;
  const { statusCode = 0 } = response;
  return { startMs, endMs: sharedNow(), bytes, ok: statusCode >= 200 && statusCode < 300 };
}
