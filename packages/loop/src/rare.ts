import type { CancelledError } from "./errors.ts";
import type { Coroutine } from "./waitable.ts";

/** A cancel on its way to the next wait, and on whose behalf it was asked for. */
export interface CancelRequest {
  readonly owner: object;
  readonly error: CancelledError;
}

/** What few tasks have, kept apart because very many tasks have none of it. */
export class Rare {
  /** The frames that wait for the body to return, outermost first. */
  readonly callers: Coroutine<unknown>[] = [];
  /** The cancels that no wait has delivered yet, oldest first; one wait delivers them all. Never changed, only replaced. */
  undelivered: readonly CancelRequest[] | null = null;
  cancelRequests = 0;
  /** Fires at the next cancel, when somebody has asked for its signal. */
  abort: AbortController | null = null;
}

/** Adds to the cancels that wait for the next wait. */
export function deferCancel(rare: Rare, request: CancelRequest): void {
  rare.undelivered = [...(rare.undelivered ?? []), request];
}

/** What a wait throws when it delivers `requests`, of which there is one at least. */
export function firstOf(requests: readonly CancelRequest[]): CancelledError {
  return (requests[0] as CancelRequest).error;
}
