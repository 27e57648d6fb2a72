import type { BadRecordError } from "../errors.ts";

/** What a source gives in place of a record that it could not read. */
export class BadRecord {
  readonly error: BadRecordError;
  /** What stood there, as far as it is known. */
  readonly text: string;

  constructor(error: BadRecordError, text: string) {
    this.error = error;
    this.text = text;
  }
}
