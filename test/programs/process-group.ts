import { globSync, readFileSync } from "node:fs";

/**
 * The processes of a group that still run. A dead one that nobody has reaped yet can be signalled like a living one,
 * so Linux is asked for their states.
 */
export function runningIn(group: number): readonly number[] {
  return globSync("/proc/[0-9]*/stat").flatMap((path) => {
    const { pid, state, group: own } = readState(path);
    return own === group && state !== "Z" && state !== "X" ? [pid] : [];
  });
}

/** Kills every process of a group; none being left is fine. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // ESRCH: the group is gone already.
  }
}

/** A process that ends while it is read about has no group any more. */
function readState(path: string): { pid: number; state: string; group: number } {
  try {
    const text = readFileSync(path, "utf8");
    // The second field is the command in parentheses, and may itself contain any of them.
    const [state = "", , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { pid: Number.parseInt(text, 10), state, group: Number(group) };
  } catch {
    return { pid: 0, state: "X", group: 0 };
  }
}
