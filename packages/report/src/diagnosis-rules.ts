import { clientBound, coresFull, cpuBound, loopBlocked, threadBound } from "./cpu-rules.ts";
import type { Diagnosis, RunFigures } from "./diagnosis.ts";
import { balanced, ioBound, oneAtATime, serverBound, stopAndGo, underFilled } from "./io-rules.ts";
import type { RunShares } from "./run-shares.ts";
import { notConclusive } from "./trust-rules.ts";

/** Speaks when a run looks the way it knows. */
export type Rule = (run: RunFigures, shares: RunShares) => Diagnosis | undefined;

/** The rules in the order in which they are tried; the last one always speaks. */
export const rules: readonly Rule[] = [
  notConclusive,
  clientBound,
  coresFull,
  loopBlocked,
  oneAtATime,
  cpuBound,
  threadBound,
  serverBound,
  stopAndGo,
  ioBound,
  underFilled,
  balanced,
];
