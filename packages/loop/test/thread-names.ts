import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system tells which threads a process has. */
export const tellsThreads = existsSync("/proc/self/task");

/** How many threads of this process were started by the loop's Node part. */
export function overlapThreads(): number {
  return readdirSync("/proc/self/task").filter((id) => threadName(id) === "overlap").length;
}

/** A thread that ends while it is asked has no name any more. */
function threadName(id: string): string {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
