import { JournalExistsError, JournalMismatchError, NotResumableError } from "../errors.ts";
import type { Journal, JournalIdentity, JournalState } from "./journal.ts";

/** How a run meets what earlier ones have left. */
export interface ResumeOptions {
  readonly resume: boolean;
  /** The source has changed in ways the caller knows to be harmless, as a dead-letter file has. */
  readonly sourceMayDiffer: boolean;
}

/**
 * Begins the journal, or goes on with it: gives what is done.
 *
 * @throws JournalExistsError, JournalMismatchError, NotResumableError: nothing was read or written then.
 */
export function openJournal(
  journal: Journal,
  identity: JournalIdentity,
  { resume, sourceMayDiffer }: ResumeOptions,
): JournalState | null {
  const state = journal.load();
  if (state === null || isUntouched(state)) journal.begin(identity);
  else if (!resume) throw new JournalExistsError(doneIn(state));
  else expectSame(state.identity, identity, sourceMayDiffer);
  journal.takeOver();
  return state;
}

/** Nothing is noted, neither an item nor one of its children. */
function isUntouched({ ranges, hasSetAside, hasChildren, ...state }: JournalState): boolean {
  return doneIn(state) === 0 && ranges.length === 0 && !hasSetAside && !hasChildren;
}

function doneIn({ totals }: Pick<JournalState, "totals">): number {
  return totals.delivered + totals.dropped + totals.rejected;
}

function expectSame(before: JournalIdentity, now: JournalIdentity, sourceMayDiffer: boolean): void {
  if (!sourceMayDiffer) expectSameSource(before, now);
  if (before.by !== now.by)
    throw new JournalMismatchError(`items were told apart by ${before.by}, and are now by ${now.by}`);
  if (before.stages.join("\n") !== now.stages.join("\n")) {
    throw new JournalMismatchError(
      `the stages were ${before.stages.join(", ")}, and are now ${now.stages.join(", ")}`,
    );
  }
}

function expectSameSource(before: JournalIdentity, now: JournalIdentity): void {
  if (now.by === "key") return;
  if (before.source === null || now.source === null) throw new NotResumableError();
  const names = new Set([...Object.keys(before.source), ...Object.keys(now.source)]);
  for (const name of names) {
    const [was, is] = [before.source[name], now.source[name]];
    if (was !== is)
      throw new JournalMismatchError(`the source has changed: its ${name} was ${was}, and is ${is}`);
  }
}
