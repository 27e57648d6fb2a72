import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

/** How far up the stack the caller may be, behind Node's own functions. */
const frames = 50;

const ownFolder = import.meta.dirname + sep;

/** `file:line:column` of the innermost function on the stack that is neither Node's nor this folder's. */
export function callPlace(): string {
  for (const site of getCallSites(frames, { sourceMap: process.sourceMapsEnabled })) {
    const path = toPath(site.scriptName);
    if (path !== "" && !path.startsWith("node:") && !path.startsWith(ownFolder))
      return `${path}:${site.lineNumber}:${site.columnNumber}`;
  }
  return "an unknown place";
}

function toPath(scriptName: string): string {
  return scriptName.startsWith("file:") ? fileURLToPath(scriptName) : scriptName;
}
