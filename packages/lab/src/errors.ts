/*
 * LabError                 every error of this package
 * ├─ OptionError           OVERLAP_LAB_OPTION           an option outside its range
 * ├─ PortInUseError        OVERLAP_LAB_PORT_IN_USE      somebody else listens on that port
 * ├─ ListenError           OVERLAP_LAB_LISTEN           the address can't be listened on for another reason
 * ├─ DatabaseFileError     OVERLAP_LAB_DATABASE_FILE    the file can't be opened as a database
 * ├─ DatabaseDiedError     OVERLAP_LAB_DATABASE_DIED    the database's process ended, or answers no more
 * ├─ SaveFailedError        OVERLAP_LAB_SAVE_FAILED      the database refused to save an item of an experiment, or a server to answer
 * ├─ RowsMissingError       OVERLAP_LAB_ROWS_MISSING     rows that a strategy saved are not there, or are wrong
 * ├─ MeasurementError       OVERLAP_LAB_MEASUREMENT      a process or thread that measures ended before it had a figure
 * └─ FlagsDifferError       OVERLAP_LAB_FLAGS_DIFFER     two ways of downloading saved different files
 *
 * What the database answers over HTTP instead of a row has codes of its own: see database/refusals.ts.
 */

/**
 * The base of every error that this package throws. Programs decide by `code`, which never changes; the message is
 * for people and says what happened, with what, and what to do.
 *
 * @example
 * ```ts
 * try {
 *   await startDatabase({ port: 80 });
 * } catch (error) {
 *   if (error instanceof LabError) console.error(error.code, error.message);
 * }
 * ```
 */
export class LabError extends Error {
  /** Stable and unique: `OVERLAP_LAB_…`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option is outside its range; the message says what was expected and what came. Code `OVERLAP_LAB_OPTION`. */
export class OptionError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_OPTION", message, options);
  }
}

/** Another program listens on the port that was asked for. Code `OVERLAP_LAB_PORT_IN_USE`. */
export class PortInUseError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_PORT_IN_USE", message, options);
  }
}

/** The host or port can't be listened on: unknown host, foreign address, no permission. Code `OVERLAP_LAB_LISTEN`. */
export class ListenError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_LISTEN", message, options);
  }
}

/** The database file can't be opened, or holds something else. Code `OVERLAP_LAB_DATABASE_FILE`. */
export class DatabaseFileError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_DATABASE_FILE", message, options);
  }
}

/**
 * The process of a spawned database ended before it was ready (the message quotes its stderr), or answers no more.
 * Rows that it answered are in its file all the same. Code `OVERLAP_LAB_DATABASE_DIED`.
 */
export class DatabaseDiedError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_DATABASE_DIED", message, options);
  }
}

/** The database refused to save an item. Code `OVERLAP_LAB_SAVE_FAILED`. */
export class SaveFailedError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_SAVE_FAILED", message, options);
  }
}

/** Rows that a strategy saved are not there, or hold something else; the message names them. Code `OVERLAP_LAB_ROWS_MISSING`. */
export class RowsMissingError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_ROWS_MISSING", message, options);
  }
}

/** Two ways of downloading a flag saved different bytes; the message names the file. Code `OVERLAP_LAB_FLAGS_DIFFER`. */
export class FlagsDifferError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_FLAGS_DIFFER", message, options);
  }
}

/** A process or thread that measures something ended before it had a figure. Code `OVERLAP_LAB_MEASUREMENT`. */
export class MeasurementError extends LabError {
  constructor(message: string, options?: ErrorOptions) {
    super("OVERLAP_LAB_MEASUREMENT", message, options);
  }
}
