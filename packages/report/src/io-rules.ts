import type { Diagnosis, RunFigures } from "./diagnosis.ts";
import { formatCount, formatMs, formatRatio, formatShare } from "./format.ts";
import { type Prediction, withMoreInFlight } from "./prediction.ts";
import type { RunShares } from "./run-shares.ts";

const WAITING = 0.6;
const BOTH_MATTER = 0.15;
const FILLED = 0.8;
const UNDER_FILLED = 0.6;
const FEWEST_WAVES = 3;
const NEAR_BOUND = 1.25;
/** How much slower than an idle server one may answer before it counts as the bottleneck. */
const SLOWER = 1.2;
const SLOWER_MS = 5;
/** With fewer items than five times the limit, filling and emptying it is most of what one sees. */
const ROUNDS_TO_JUDGE = 5;

/** Answers come later than the server needs for one: it has a queue. */
export function serverBound(
  run: RunFigures,
  { waiting, answerMs, crowded, filled }: RunShares,
): Diagnosis | undefined {
  const { delayMs, items, wallMs, requests = items } = run;
  if (waiting <= WAITING || filled < UNDER_FILLED || delayMs === undefined) return undefined;
  // An answer that has come lies there until this program gets a core to take it.
  if (answerMs * (1 - crowded) <= Math.max(delayMs * SLOWER, delayMs + SLOWER_MS)) return undefined;
  const enough = Math.max(1, Math.round((requests * delayMs) / wallMs));
  const perSecond = formatCount((requests * 1_000) / wallMs);
  return {
    rule: "server-bound",
    headline: `Server-bound: answers took ${formatMs(answerMs)} instead of ${formatMs(delayMs)}; more than about ${formatCount(enough)} at once only queue.`,
    why: `No more than ${perSecond} answers per second came with ${run.meanInFlight.toFixed(1)} in flight.`,
  };
}

/** The limit is full, and the other side could do more. */
export function ioBound(run: RunFigures, shares: RunShares): Diagnosis | undefined {
  if (!limitBinds(run, shares)) return undefined;
  const better = withMoreInFlight(run, shares);
  const waited = `${formatShare(shares.waited)} of the time went by waiting`;
  const why = inFlightSentence(run, shares);
  if (better === undefined) {
    const seen =
      run.limit >= run.items ? `all ${formatCount(run.items)} items were in flight at once` : waited;
    const headline = `I/O-bound: ${seen}; only faster answers than ${formatMs(shares.answerMs)} will help.`;
    return { rule: "io-bound", headline, why };
  }
  return {
    rule: "io-bound",
    headline: `I/O-bound: ${waited}; ${raiseLimit(run, better)}.`,
    why: `${why} The prediction holds as long as the other side answers as fast.`,
  };
}

/** Computing and waiting take turns, as in a plain loop. */
export function oneAtATime(run: RunFigures, shares: RunShares): Diagnosis | undefined {
  const { waiting, waited, main } = shares;
  if (run.limit !== 1 || waiting <= BOTH_MATTER || waiting > WAITING || main <= BOTH_MATTER) return undefined;
  const better = withMoreInFlight(run, shares);
  if (better === undefined) return undefined;
  const turns = `${formatShare(main)} computing and ${formatShare(waited)} waiting never overlapped`;
  return {
    rule: "one-at-a-time",
    headline: `One thing at a time: ${turns}; ${raiseLimit(run, better)}.`,
    why: inFlightSentence(run, shares),
  };
}

/** What is in flight rises to the limit, falls to nothing and rises again: everybody waits for the slowest of a wave. */
export function stopAndGo(run: RunFigures, { waiting, filled }: RunShares): Diagnosis | undefined {
  const { limit, wallMs, waves = 0 } = run;
  if (limit <= 1 || waves < FEWEST_WAVES || filled >= FILLED || waiting <= WAITING) return undefined;
  return {
    rule: "stop-and-go",
    headline: `Stop-and-go: ${formatCount(waves)} waves kept ${inFlightOf(run)} in flight; a sliding window, which starts a request whenever one ends, should save about ${formatMs(wallMs * (1 - filled))}.`,
    why: "Each wave waits for the slowest of its requests before the next begins; the curve of requests in flight shows it.",
  };
}

/** Much less is in flight than is allowed, although there is time. */
export function underFilled(
  run: RunFigures,
  { filled, busyMain, blocked }: RunShares,
): Diagnosis | undefined {
  const { limit, items } = run;
  if (limit <= 1 || filled >= UNDER_FILLED || busyMain + blocked >= 1 - WAITING) return undefined;
  const seen = `Under-filled: ${inFlightOf(run)} were in flight`;
  if (items < limit * ROUNDS_TO_JUDGE) {
    const headline = `${seen}; run at least ${formatCount(limit * ROUNDS_TO_JUDGE)} items to judge this limit.`;
    const why = `With ${formatCount(items)} items, filling and emptying the limit is most of the run.`;
    return { rule: "under-filled", headline, why };
  }
  return {
    rule: "under-filled",
    headline: `${seen}; starting an item whenever one ends should save about ${formatMs(run.wallMs * (1 - filled))}.`,
    why:
      run.waves === undefined
        ? "Either items come in waves, or their source is too slow; the curve of requests in flight shows which."
        : "They didn't come in waves, so their source is too slow, or what comes after holds them up.",
  };
}

/** Nothing stands out. */
export function balanced(run: RunFigures, { main, waited }: RunShares): Diagnosis {
  return {
    rule: "balanced",
    headline: `Balanced: ${formatShare(main)} computing and ${formatShare(waited)} waiting, and no limit stands out; look in the timeline for where both pause.`,
    why: `On average ${inFlightOf(run)} were in flight.`,
  };
}

/** A full limit with answers as fast as the server's best binds even while the client computes a good part of the time. */
function limitBinds({ limit, delayMs }: RunFigures, { waiting, filled, overBound }: RunShares): boolean {
  if (limit === 0) return false;
  if (limit === 1) return waiting > WAITING;
  const nearBound = overBound !== undefined && overBound <= NEAR_BOUND;
  return filled >= FILLED ? waiting > WAITING || delayMs !== undefined : nearBound && waiting > WAITING;
}

function raiseLimit({ limit, wallMs }: RunFigures, better: Prediction): string {
  const raise = `raise concurrency from ${formatCount(limit)} to about ${formatCount(better.limit)}`;
  return `${raise}, and it should take ${formatMs(better.wallMs)} instead of ${formatMs(wallMs)}`;
}

/** In flight against the limit, the time of an answer, and the bound if there is one. */
function inFlightSentence(run: RunFigures, { answerMs, overBound }: RunShares): string {
  const bound = overBound === undefined ? "" : ` The run took ${formatRatio(overBound)} its bound.`;
  return `On average ${inFlightOf(run)} were in flight, and an answer took ${formatMs(answerMs)}.${bound}`;
}

function inFlightOf({ meanInFlight, limit }: RunFigures): string {
  return `${meanInFlight.toFixed(meanInFlight < 10 ? 2 : 1)} of at most ${formatCount(limit)}`;
}
