import type { AnySource } from "./open-reader.ts";
import { RecordSource } from "./record-source.ts";

/** How many items a source holds, without reading it; `null` when that can't be told. */
export async function expectedItems(source: AnySource): Promise<number | null> {
  if (source instanceof RecordSource) return await source.expectedItems();
  if (Array.isArray(source)) return source.length;
  return source instanceof Set || source instanceof Map ? source.size : null;
}
