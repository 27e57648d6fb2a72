import { DeadlockError, describeValue, InvalidArgumentError } from "../errors.ts";
import type { Coroutine } from "../waitable.ts";
import { ThreadCloneError, ThreadModuleError } from "./errors.ts";
import { unpackError } from "./packed-error.ts";
import type { CallAnswer, CallRequest } from "./thread-messages.ts";

/** A function that a thread can call: plain, async or coroutine. */
export type ThreadFunction = (...args: never[]) => unknown;

/** What the caller gives it: all but the `AbortSignal` that an async function may take last. */
export type ThreadArguments<F extends ThreadFunction> =
  Parameters<F> extends [...infer A, AbortSignal] ? A : Parameters<F>;

/** What the caller gets once the call has ended. */
export type ThreadResult<F extends ThreadFunction> =
  ReturnType<F> extends Coroutine<infer T> ? T : Awaited<ReturnType<F>>;

let calls = 0;

/** The request for a call; checks what can be checked on this side. */
export function createCall(
  moduleUrl: URL | string,
  exportName: string,
  args: readonly unknown[],
): CallRequest {
  const url = String(moduleUrl);
  if (!URL.canParse(url)) {
    throw new InvalidArgumentError(
      `expected the URL of a module for moduleUrl, such as new URL("./work.ts", import.meta.url), got ${describeValue(moduleUrl)}`,
    );
  }
  if (typeof exportName !== "string") {
    throw new InvalidArgumentError(
      `expected the name of an exported function for exportName, got ${describeValue(exportName)}`,
    );
  }
  return { kind: "call", id: ++calls, url, exportName, args };
}

/** How a call is named in messages. */
export function describeCall({ url, exportName }: CallRequest): string {
  return `${exportName} of ${url}`;
}

/** Sends the request and returns what `post` does; an argument that cannot be copied is the caller's fault. */
export function postCall<R>(call: CallRequest, post: (call: CallRequest) => R): R {
  try {
    return post(call);
  } catch (cause) {
    throw new ThreadCloneError(
      `an argument for ${describeCall(call)} cannot be copied to a thread: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** What the call returned, or what it failed with. */
export type CallOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** What an answer means to the caller. */
export function toOutcome(call: CallRequest, answer: CallAnswer): CallOutcome {
  switch (answer.kind) {
    case "done":
      return { ok: true, value: answer.value };
    case "failed":
      return { ok: false, error: unpackError(answer.error) };
    case "unloaded":
      return { ok: false, error: notLoaded(call, unpackError(answer.error)) };
    case "missing":
      return { ok: false, error: new ThreadModuleError(answer.message) };
    case "uncloneable":
      return { ok: false, error: new ThreadCloneError(answer.message) };
    case "stuck":
      return { ok: false, error: new DeadlockError(answer.message) };
  }
}

function notLoaded({ url }: CallRequest, cause: unknown): ThreadModuleError {
  return new ThreadModuleError(`${url} could not be loaded on a thread: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
