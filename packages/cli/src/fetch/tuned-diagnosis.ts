import { type Decision, describeDecision } from "@overlap/policy";
import { type Diagnosis, formatCount } from "@overlap/report";

/** What is said of a run whose limit somebody chose; a limit that was found out has already been tried higher. */
const rulesOfChosenLimits: ReadonlySet<Diagnosis["rule"]> = new Set([
  "io-bound",
  "one-at-a-time",
  "balanced",
]);

/** What limited a run, when its number in flight was found out; as it was before when nothing was found. */
export function tunedDiagnosis(diagnosis: Diagnosis, decisions: readonly Decision[]): Diagnosis {
  // It was compared with something: so more was tried, and kept or not.
  const found = decisions.findLast(
    ({ phase, beforePerSecond }) => phase === "hold" && beforePerSecond !== undefined,
  );
  if (found === undefined || !rulesOfChosenLimits.has(diagnosis.rule)) return diagnosis;
  return {
    rule: "server-bound",
    headline: `Server-bound: ${formatCount(found.limit)} in flight bring as much as more would; only a faster other side will help.`,
    why: `Found out while it ran: ${describeDecision(found)}.`,
  };
}
