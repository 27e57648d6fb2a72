/*
 * PipelineError                    code
 * ├─ StageError                    OVERLAP_PIPELINE_STAGE
 * ├─ SourceError                   OVERLAP_PIPELINE_SOURCE
 * ├─ SourceFileError               OVERLAP_PIPELINE_SOURCE_FILE
 * ├─ SourceUsedError               OVERLAP_PIPELINE_SOURCE_USED
 * ├─ SinkError                     OVERLAP_PIPELINE_SINK
 * ├─ UnsavedError                  OVERLAP_PIPELINE_UNSAVED
 * ├─ PostRefusedError              OVERLAP_PIPELINE_POST_REFUSED
 * ├─ JournalError                  OVERLAP_PIPELINE_JOURNAL
 * ├─ JournalExistsError            OVERLAP_PIPELINE_JOURNAL_EXISTS
 * ├─ JournalMismatchError          OVERLAP_PIPELINE_JOURNAL_MISMATCH
 * ├─ NotResumableError             OVERLAP_PIPELINE_NOT_RESUMABLE
 * ├─ DeadLetterError               OVERLAP_PIPELINE_DEAD_LETTER
 * ├─ BadRecordError                OVERLAP_PIPELINE_BAD_RECORD
 * ├─ ItemTooLargeError             OVERLAP_PIPELINE_ITEM_TOO_LARGE
 * ├─ TooManyFailuresError          OVERLAP_PIPELINE_TOO_MANY_FAILURES
 * ├─ ThreadError                   OVERLAP_PIPELINE_THREAD
 * ├─ ThreadModuleError             OVERLAP_PIPELINE_THREAD_MODULE
 * ├─ ThreadTimeoutError            OVERLAP_PIPELINE_THREAD_TIMEOUT
 * └─ PipelineOptionError           OVERLAP_PIPELINE_OPTION
 */

/** What every error of this package extends. `code` is stable across versions; messages are not. */
export abstract class PipelineError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
}

/** The function of a stage, or of the sink, failed for an item. `cause` is what it threw. */
export class StageError extends PipelineError {
  override readonly name = "StageError";
  readonly code = "OVERLAP_PIPELINE_STAGE";
  /** The name of the stage. */
  readonly stage: string;
  /** The item it was given. */
  readonly item: unknown;
  /** The item's identity; see `ItemContext`. */
  readonly idempotencyKey: string;
  /** How often it was tried. */
  readonly attempts: number;

  constructor(
    stage: string,
    {
      item,
      idempotencyKey,
      attempts,
      cause,
    }: {
      readonly item: unknown;
      readonly idempotencyKey: string;
      readonly attempts: number;
      readonly cause: unknown;
    },
  ) {
    super(`stage "${stage}" failed: ${messageOf(cause)}`, { cause });
    this.stage = stage;
    this.item = item;
    this.idempotencyKey = idempotencyKey;
    this.attempts = attempts;
  }
}

/** The source threw, and with it the run ended. `cause` is what it threw. */
export class SourceError extends PipelineError {
  override readonly name = "SourceError";
  readonly code = "OVERLAP_PIPELINE_SOURCE";

  constructor(cause: unknown) {
    super(`the source failed: ${messageOf(cause)}`, { cause });
  }
}

/** A file that a source reads can't be opened or read. */
export class SourceFileError extends PipelineError {
  override readonly name = "SourceFileError";
  readonly code = "OVERLAP_PIPELINE_SOURCE_FILE";
  /** Which file. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
    this.path = path;
  }
}

/** A generator or stream can be read once, and an earlier run has done so. */
export class SourceUsedError extends PipelineError {
  override readonly name = "SourceUsedError";
  readonly code = "OVERLAP_PIPELINE_SOURCE_USED";

  constructor() {
    super(
      "the source is a generator or a stream that was read already: give the pipeline a function that makes a new one",
    );
  }
}

/** The sink can save nothing any more (a full disk, a closed database), and the run ends; what was saved stays saved. */
export class SinkError extends PipelineError {
  override readonly name = "SinkError";
  readonly code = "OVERLAP_PIPELINE_SINK";
}

/** Some items of a `Batcher` could not be saved. They stay with it, and `cause` is the error of the first. */
export class UnsavedError<T = unknown> extends PipelineError {
  override readonly name = "UnsavedError";
  readonly code = "OVERLAP_PIPELINE_UNSAVED";
  /** The items, each with its error. */
  readonly unsaved: readonly { readonly item: T; readonly error: unknown }[];

  constructor(unsaved: readonly { readonly item: T; readonly error: unknown }[], all: number) {
    const first = unsaved[0]?.error;
    super(`${unsaved.length} of ${all} items were not saved; the first: ${messageOf(first)}`, {
      cause: first,
    });
    this.unsaved = unsaved;
  }
}

/** The other side answered a POST with a status that is none of success. */
export class PostRefusedError extends PipelineError {
  override readonly name = "PostRefusedError";
  readonly code = "OVERLAP_PIPELINE_POST_REFUSED";
  /** The HTTP status. */
  readonly status: number;
  /** How long it asks to wait before the next attempt, in milliseconds; `undefined` if it doesn't. */
  readonly retryAfterMs: number | undefined;

  constructor(url: string, status: number, retryAfterMs: number | undefined) {
    super(`${url} answered ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The journal can't be opened or written, and the run ends: what it could not note is done again by the next. */
export class JournalError extends PipelineError {
  override readonly name = "JournalError";
  readonly code = "OVERLAP_PIPELINE_JOURNAL";
}

/** The journal says that items are done, and the run was not told to resume. */
export class JournalExistsError extends PipelineError {
  override readonly name = "JournalExistsError";
  readonly code = "OVERLAP_PIPELINE_JOURNAL_EXISTS";
  /** How many items are done. */
  readonly done: number;

  constructor(done: number) {
    super(`the journal says that ${done} items are done already: resume, or delete it to start over`);
    this.done = done;
  }
}

/** The source or the stages are not those that the journal was written for; the message says what differs. */
export class JournalMismatchError extends PipelineError {
  override readonly name = "JournalMismatchError";
  readonly code = "OVERLAP_PIPELINE_JOURNAL_MISMATCH";

  constructor(difference: string) {
    super(`cannot resume: ${difference}. Restore it, or delete the journal to start over`);
  }
}

/** The source can't be read again from its beginning, so that nobody can tell what is done. */
export class NotResumableError extends PipelineError {
  override readonly name = "NotResumableError";
  readonly code = "OVERLAP_PIPELINE_NOT_RESUMABLE";

  constructor() {
    super(
      "cannot resume: this source can't be told from another one. Read from a file or a range, or give the pipeline a key",
    );
  }
}

/** The dead-letter file can't be written or read, and the run ends. */
export class DeadLetterError extends PipelineError {
  override readonly name = "DeadLetterError";
  readonly code = "OVERLAP_PIPELINE_DEAD_LETTER";
}

/** A source could not read one of its records; the others go on. */
export class BadRecordError extends PipelineError {
  override readonly name = "BadRecordError";
  readonly code = "OVERLAP_PIPELINE_BAD_RECORD";
  /** The line on which the record begins, from 1. */
  readonly line: number;

  constructor(source: string, line: number, reason: string, cause?: unknown) {
    super(`${source}, line ${line}: ${reason}`, { cause });
    this.line = line;
  }
}

/** An item is larger than a whole batch may be. */
export class ItemTooLargeError extends PipelineError {
  override readonly name = "ItemTooLargeError";
  readonly code = "OVERLAP_PIPELINE_ITEM_TOO_LARGE";

  constructor(bytes: number, most: number) {
    super(`the item has ${bytes} bytes, and a batch ${most} at most`);
  }
}

/** More items went wrong than the job allows. `cause` is the error of the last one. */
export class TooManyFailuresError extends PipelineError {
  override readonly name = "TooManyFailuresError";
  readonly code = "OVERLAP_PIPELINE_TOO_MANY_FAILURES";
  /** How many had gone wrong. */
  readonly failures: number;

  constructor(failures: number, allowed: string, cause: Error) {
    super(`${failures} items went wrong, and ${allowed} may; the last: ${cause.message}`, { cause });
    this.failures = failures;
  }
}

/** The module of a thread function cannot be loaded, or has no such export: the run ends. */
export class ThreadModuleError extends PipelineError {
  override readonly name = "ThreadModuleError";
  readonly code = "OVERLAP_PIPELINE_THREAD_MODULE";
}

/** An item kept its thread busy for longer than the stage's `timeoutMs`; the thread was ended. */
export class ThreadTimeoutError extends PipelineError {
  override readonly name = "ThreadTimeoutError";
  readonly code = "OVERLAP_PIPELINE_THREAD_TIMEOUT";

  constructor(timeoutMs: number) {
    super(`the item was not done within ${timeoutMs} ms, and its thread was ended`);
  }
}

/** A thread died under an item, or the item or its result cannot be copied. `cause` says what happened. */
export class ThreadError extends PipelineError {
  override readonly name = "ThreadError";
  readonly code = "OVERLAP_PIPELINE_THREAD";
}

/** An option is outside what the pipeline accepts; the message says what was expected and what came. */
export class PipelineOptionError extends PipelineError {
  override readonly name = "PipelineOptionError";
  readonly code = "OVERLAP_PIPELINE_OPTION";
}

/** Returns `value` when it is an integer of at least 1 (or `Infinity`), and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : expectFiniteInteger(name, value);
}

/** The same where there can't be infinitely many. */
export function expectFiniteInteger(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new PipelineOptionError(`expected a positive integer for ${name}, got ${String(value)}`);
}

/** Throws unless `value` can be called. */
export function expectFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new PipelineOptionError(`expected a function for ${name}, got ${JSON.stringify(value)}`);
}

/** Returns `value` when it is a number of at least 0, and throws otherwise. */
export function expectMilliseconds(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new PipelineOptionError(`expected milliseconds of at least 0 for ${name}, got ${String(value)}`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "access is denied",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than it may be",
  EROFS: "it is on a read-only disk",
};

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || messageOf(cause);
}
