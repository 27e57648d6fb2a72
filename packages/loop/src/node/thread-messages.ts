import type { MessagePort } from "node:worker_threads";
import type { PackedError } from "./packed-error.ts";

/** What a thread is given when it starts. */
export interface ThreadStartup {
  /** Where requests come from and answers go; `null` for the thread's own port. */
  readonly port: MessagePort | null;
  /** Set when the other side really waits: the words of `blocking-state.ts`. */
  readonly state: Int32Array | null;
}

/** Asks for one call. A thread gets the next one only after it has answered. */
export interface CallRequest {
  readonly kind: "call";
  readonly id: number;
  readonly url: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
}

/** Asks the call to end: a coroutine or an async function at its next wait, a plain function not at all. */
interface CancelRequest {
  readonly kind: "cancel";
  readonly id: number;
  readonly reason: string;
}

/** Asks for nothing: that it can be sent shows that the thread lives. */
interface PingRequest {
  readonly kind: "ping";
}

/** What a thread is sent. */
export type ThreadRequest = CallRequest | CancelRequest | PingRequest;

/**
 * How a call ended. `failed`: the function threw. `unloaded`: the module did. `missing`: the export is no function.
 * `uncloneable`: the result cannot be copied. `stuck`: it waits for something that nobody will do.
 */
export type CallAnswer = { readonly id: number } & (
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed" | "unloaded"; readonly error: PackedError }
  | { readonly kind: "missing" | "uncloneable" | "stuck"; readonly message: string }
);

/** An error that nobody caught ends the thread. */
export interface DeathNote {
  readonly kind: "died";
  readonly error: PackedError;
}

/** What a thread sends. */
export type ThreadAnswer = CallAnswer | DeathNote;
