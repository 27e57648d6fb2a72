import type { DatabaseOptions } from "./options.ts";

/** The one argument of the database's process, as JSON. What is unlimited is left out, as JSON has no Infinity. */
export type StartupArgument = DatabaseOptions;

/** Sent once, when the database listens. */
export interface ReadyMessage {
  readonly kind: "ready";
  readonly address: string;
  readonly port: number;
  readonly file: string;
}

/** Sent instead when it could not be started; the process then ends. */
export interface FailedMessage {
  readonly kind: "failed";
  readonly code: string;
  readonly message: string;
}

/** What the database's process says to the one that started it. */
export type DatabaseMessage = ReadyMessage | FailedMessage;
