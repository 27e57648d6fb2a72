import { sharedNow } from "@overlap/trace";
import type { Download } from "./strategy.ts";

/** Gets a page, on the thread that it is called on; times are on the clock that all threads share. */
export async function fetchPage(url: string): Promise<Download> {
  const startMs = sharedNow();
  const response = await fetch(url);
  const { byteLength } = await response.bytes();
  return { startMs, endMs: sharedNow(), bytes: byteLength, ok: response.ok };
}
