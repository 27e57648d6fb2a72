import { writeFileSync } from "node:fs";

/** Writes a file and blocks its thread meanwhile. */
export function saveFile(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes);
}
