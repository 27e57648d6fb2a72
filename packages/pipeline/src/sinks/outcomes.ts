import { ending, type Item } from "../engine/item.ts";
import { isCoroutine } from "../engine/stage-call.ts";
import { SinkError } from "../errors.ts";
import type { BatchOutcomes, ItemOutcome } from "./sink.ts";

/** A part of an item that was not saved, and why. */
export interface Unsaved {
  readonly item: Item;
  readonly error: unknown;
  /** Whether another attempt may help. */
  readonly retry: boolean;
}

/** What a call returns whose items were ended when their transaction was committed. */
export class Stored {
  readonly unsaved: readonly Unsaved[];

  constructor(unsaved: readonly Unsaved[]) {
    this.unsaved = unsaved;
  }
}

/**
 * Ends what was saved, as the sink's result says, and gives what was not.
 *
 * @throws SinkError when there is not one outcome for each member of a batch, or the result is work that was not done.
 */
export function endSaved(item: Item, result: unknown): readonly Unsaved[] {
  if (result instanceof Stored) return result.unsaved;
  if (isCoroutine(result))
    throw new SinkError(
      "the sink gave a promise of a coroutine, which nobody runs: give the coroutine itself",
    );
  const outcomes = outcomesOf(result);
  const { members } = item;
  const failed = outcomes?.find((outcome) => !outcome.ok);
  if (outcomes !== null && members !== null && members.length !== outcomes.length)
    throw new SinkError(`the sink gave ${outcomes.length} outcomes for a batch of ${members.length}`);
  if (outcomes === null || failed === undefined) return endPart(item, { ok: true });
  if (members === null) return endPart(item, failed);
  return members.flatMap((member, index) => endPart(member, outcomes[index] as ItemOutcome));
}

function endPart(item: Item, outcome: ItemOutcome): readonly Unsaved[] {
  if (!outcome.ok) return [{ item, error: outcome.error, retry: outcome.retry !== false }];
  item.end(ending.delivered);
  return [];
}

function outcomesOf(result: unknown): readonly ItemOutcome[] | null {
  const { outcomes } = (result ?? {}) as Partial<BatchOutcomes>;
  return Array.isArray(outcomes) ? outcomes : null;
}
