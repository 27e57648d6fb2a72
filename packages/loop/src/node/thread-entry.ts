import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { currentLoop } from "../current.ts";
import { describeValue } from "../errors.ts";
import "../loop.ts"; // makes the loop that run() runs on
import { run } from "../run.ts";
import type { AnyFunction, TaskFunction } from "../start.ts";
import type { Coroutine } from "../waitable.ts";
import { ANSWERED, ENDED, exitCodeWord, startedWord, wakeCaller } from "./blocking-state.ts";
import { writeOutputDirectly } from "./direct-output.ts";
import { packError } from "./packed-error.ts";
import { describeCall } from "./thread-call.ts";
import type {
  CallAnswer,
  CallRequest,
  ThreadAnswer,
  ThreadRequest,
  ThreadStartup,
} from "./thread-messages.ts";

/*
 * What every thread runs: it answers calls, one at a time. Between calls its port keeps it alive; during a call only the call's
 * own timers and I/O do, so that running empty shows a call that can never end.
 */

type Exports = Readonly<Record<string, unknown>>;

/** Node keeps them too, but takes some microseconds to find them. */
const modules = new Map<string, Exports>();

const asyncFunction: unknown = Object.getPrototypeOf(async () => {});

const { port: ownPort, state } = workerData as ThreadStartup;
const port = ownPort ?? (parentPort as MessagePort); // a thread has one

/** The call under way, and what cancels it. */
let current: { readonly call: CallRequest; readonly abort: AbortController } | null = null;

port.on("message", (request: ThreadRequest) => {
  if (request.kind === "call") void answerCall(request);
  else if (request.kind === "cancel" && current?.call.id === request.id) current.abort.abort(request.reason);
});

process.on("beforeExit", () => {
  if (current === null) return;
  const { call, abort } = current;
  const message = stuckMessage(call);
  send({ id: call.id, kind: "stuck", message });
  abort.abort(message);
});

if (state !== null) tellWaiter(state);

/** The caller sees no events, so it has to be told of this thread's end. */
function tellWaiter(words: Int32Array): void {
  Atomics.store(words, startedWord, 1);
  writeOutputDirectly();
  process.on("uncaughtExceptionMonitor", (error) => post({ kind: "died", error: packError(error) }));
  process.on("exit", (code) => {
    Atomics.store(words, exitCodeWord, code);
    wakeCaller(words, ENDED);
  });
}

async function answerCall(call: CallRequest): Promise<void> {
  const abort = new AbortController();
  current = { call, abort };
  port.unref();
  send(await perform(call, abort.signal));
}

/** Only the first answer to the call under way counts; the thread is free then. */
function send(answer: CallAnswer): void {
  if (current?.call.id !== answer.id) return;
  const { call } = current;
  current = null;
  port.ref();
  try {
    post(answer);
  } catch (error) {
    const message = `the result of ${describeCall(call)} cannot be copied to the caller: ${String(error)}`;
    post({ id: call.id, kind: "uncloneable", message });
  }
  if (state !== null) wakeCaller(state, ANSWERED);
}

function post(answer: ThreadAnswer): void {
  port.postMessage(answer);
}

async function perform(call: CallRequest, signal: AbortSignal): Promise<CallAnswer> {
  const { id, url, exportName, args } = call;
  let exports = modules.get(url);
  try {
    exports ??= (await import(url)) as Exports;
  } catch (error) {
    return { id, kind: "unloaded", error: packError(error) };
  }
  modules.set(url, exports);
  const fn = exports[exportName];
  if (typeof fn !== "function") return { id, kind: "missing", message: missingMessage(call, exports) };
  try {
    const value = await run(toMain(fn as AnyFunction, args), { signal, name: exportName });
    return { id, kind: "done", value };
  } catch (error) {
    return { id, kind: "failed", error: packError(error) };
  }
}

/** Only an async function gets an `AbortSignal` as one argument more: others mean an optional argument by it. */
function toMain(fn: AnyFunction, args: readonly unknown[]): TaskFunction<unknown> {
  const takesSignal = Object.getPrototypeOf(fn) === asyncFunction && fn.length > args.length;
  if (takesSignal) return (signal: AbortSignal) => fn(...args, signal) as Promise<unknown>;
  return () => fn(...args) as Coroutine<unknown>;
}

function missingMessage(call: CallRequest, exports: Exports): string {
  const names = Object.keys(exports).filter((name) => typeof exports[name] === "function");
  const found = call.exportName in exports ? describeValue(exports[call.exportName]) : "no such export";
  const others = names.length > 0 ? `its functions are ${names.join(", ")}` : "it exports no functions";
  return `expected ${describeCall(call)} to be a function, got ${found}; ${others}`;
}

function stuckMessage(call: CallRequest): string {
  const tasks = currentLoop().describe();
  const what = tasks === "" ? "the loading of its module" : "it";
  return `${describeCall(call)} cannot end: ${what} waits for something that nothing will bring\n${tasks}`.trimEnd();
}
