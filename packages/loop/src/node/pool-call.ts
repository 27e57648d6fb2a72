import { CANCELLED, Future } from "../future.ts";
import "../loop.ts"; // makes the loop that futures belong to
import type { PoolThread } from "./pool-thread.ts";
import type { CallRequest } from "./thread-messages.ts";

/** Who is told how a call ended. */
export interface CallOwner {
  callEnded(call: PoolCall, cancelled: boolean): void;
}

/** A call for a pool: queued, then on a thread, then done. Until then virtual time stands still. */
export class PoolCall extends Future<unknown> {
  readonly request: CallRequest;
  /** Where it runs; `null` while it is queued. */
  thread: PoolThread | null = null;
  readonly #owner: CallOwner;

  constructor(request: CallRequest, owner: CallOwner) {
    super();
    this.request = request;
    this.#owner = owner;
    this.loop.beginIo();
  }

  /** @internal */
  override get label(): string {
    return `${this.request.exportName} on a thread`;
  }

  /** @internal Whoever waits is ready before virtual time may go on. */
  override settle(state: number, outcome: unknown): void {
    super.settle(state, outcome);
    this.#owner.callEnded(this, state === CANCELLED);
    this.loop.endIo();
  }
}
