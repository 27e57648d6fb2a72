import { type Coroutine, until } from "@overlap/loop";
import type { JobRun } from "../engine/job-run.ts";
import { PipelineOptionError } from "../errors.ts";
import type { OpenedSource } from "../sources/open-reader.ts";
import { DeadLetterFile } from "./dead-letter-file.ts";
import { DeadLetterRetry } from "./dead-letter-retry.ts";
import type { Journal, JournalIdentity } from "./journal.ts";
import { JournalFile } from "./journal-file.ts";
import { Ledger } from "./ledger.ts";
import { openJournal } from "./resume.ts";

/** The journal is kept by the sink, together with what it saves. */
export const inSink = "in-sink";

/** How a run keeps account. */
export interface DeliverySettings {
  /** A file, or `in-sink`. */
  readonly journal: string | null;
  readonly deadLetter: string | null;
  readonly resume: boolean;
  readonly retryDead: boolean;
}

/** The journal and the dead letters of one run. */
export class Delivery {
  readonly #settings: DeliverySettings;
  readonly #identity: JournalIdentity | null;
  readonly #deadLetters: DeadLetterFile | null;
  readonly #retry: DeadLetterRetry | null;
  readonly #by: JournalIdentity["by"];
  #ledger: Ledger | null = null;

  constructor(settings: DeliverySettings, by: JournalIdentity["by"], identity: JournalIdentity | null) {
    this.#settings = settings;
    this.#by = by;
    this.#identity = identity;
    this.#deadLetters = settings.deadLetter === null ? null : new DeadLetterFile(settings.deadLetter);
    this.#retry = settings.retryDead ? new DeadLetterRetry(settings.deadLetter ?? "") : null;
  }

  /** What is to be read instead of the job's source. */
  get source(): OpenedSource | null {
    return this.#retry?.source() ?? null;
  }

  /** Opens what the run keeps account with, unless the sink does. @throws what `openJournal` throws. */
  *open(run: JobRun): Coroutine<void> {
    const { journal } = this.#settings;
    if (this.#retry !== null) yield* until(this.#retry.open());
    const file = journal === null || journal === inSink ? null : JournalFile.open(journal);
    if (file !== null) run.closeAtEnd(file);
    run.closeAtEnd({ close: () => this.#closeLetters() });
    if (journal !== inSink && (file !== null || this.#deadLetters !== null))
      run.accounts.keep(this.openLedger(file));
  }

  /** Begins to keep account, with a journal that is open. @throws what `openJournal` throws. */
  openLedger(journal: Journal | null): Ledger {
    const { resume, retryDead } = this.#settings;
    const options = { resume: resume || retryDead, sourceMayDiffer: retryDead };
    const state =
      journal === null || this.#identity === null ? null : openJournal(journal, this.#identity, options);
    this.#ledger = new Ledger({
      journal,
      by: this.#by,
      state,
      deadLetters: this.#deadLetters,
      retry: this.#retry,
    });
    return this.#ledger;
  }

  /** Letters that were tried again go only when it is certain what became of their items. */
  *#closeLetters(): Coroutine<void> {
    this.#deadLetters?.close();
    if (this.#retry !== null && this.#ledger?.broken === false) yield* until(this.#retry.finish());
  }
}

/** @throws PipelineOptionError when the settings contradict each other. */
export function checkDelivery({ journal, deadLetter, resume, retryDead }: DeliverySettings): void {
  if (resume && journal === null)
    throw new PipelineOptionError("expected a journal to resume from, got none");
  if (retryDead && deadLetter === null)
    throw new PipelineOptionError("expected a dead-letter file to try again from, got none");
}
