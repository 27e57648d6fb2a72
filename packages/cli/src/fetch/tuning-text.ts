import { type Decision, describeDecision } from "@overlap/policy";
import { formatCount, formatMs } from "@overlap/report";

/** What self-tuning came to, in a line; nothing when nothing was found yet. */
export function settledText(decisions: readonly Decision[]): string | undefined {
  const held = decisions.filter(({ phase }) => phase === "hold" || phase === "pace");
  const [first, last] = [held[0], held.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const rate =
    last.perSecond < Number.POSITIVE_INFINITY ? ` and ${formatCount(last.perSecond)} started per second` : "";
  return `${formatCount(last.limit)} in flight${rate} found to be best; settled after ${formatMs(first.atMs)}: ${first.reason}`;
}

/** Every decision about the number in flight: when, what, and why. */
export function explanation(decisions: readonly Decision[]): string {
  if (decisions.length === 0)
    return "Nothing was decided about the number in flight: it was given, or there was too little to do.";
  const lines = decisions.map((decision) => {
    return `${formatMs(decision.atMs).padStart(8)}  ${formatCount(decision.limit).padStart(5)}  ${describeDecision(decision)}`;
  });
  return ["   after  limit  why", ...lines].join("\n");
}
