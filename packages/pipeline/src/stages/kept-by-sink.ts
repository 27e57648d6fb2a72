import type { Ledger } from "../delivery/ledger.ts";
import type { StageRun } from "../engine/stage.ts";
import type { CallContext } from "../engine/stage-call.ts";
import { endSaved, Stored } from "../sinks/outcomes.ts";
import type { InSink } from "../sinks/sink.ts";

/** Lets a sink commit what it has saved together with the note that it is saved. */
export function keptBySink(run: StageRun): InSink {
  let ledger: Ledger | null = null;
  return {
    useJournal(journal) {
      ledger = run.useJournal(journal);
    },
    commit(calls, write) {
      // From here on the ledger says that the rows are saved: if they are not in the end, it must not be written any more.
      const results = calls.map(
        ({ context, outcomes }) => new Stored(endSaved((context as CallContext).item, { outcomes })),
      );
      ledger?.commitWith(write);
      return results;
    },
  };
}
