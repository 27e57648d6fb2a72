import { Session } from "@overlap/http";
import { type Coroutine, gather, sleep, type TaskGroup, taskGroup } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { SaveFailedError } from "../errors.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import { type ServerThread, startServerThread } from "../server-thread.ts";
import { stepsFor } from "./heavy-work.ts";
import type { HeavyWork, ServerMode } from "./modes.ts";
import { type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from "./options.ts";

/** Light requests come for so long before the first heavy one. */
const leadMs = 100;

/** Connections that are open before the heavy requests come. */
const connections = 64;

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** One run in one mode. */
export interface ServerRun extends StrategyRun {
  /** What one heavy request took with nothing beside it. */
  readonly aloneMs: number;
  /** From the first of the heavy requests to the last answer of one. */
  readonly heavyMs: number;
  /** What each light request took, from when it was meant to be sent. */
  readonly lightMs: readonly number[];
}

/** What the experiment found. */
export interface ServerResult {
  readonly options: ResolvedServerOptions;
  /** A run in each mode, in the order of the experiment. */
  readonly runs: readonly ServerRun[];
}

/**
 * Sends light requests at an even rate to a server that works on heavy ones meanwhile: waiting, on its loop, on its loop with
 * checkpoints, and on threads (S14).
 *
 * @throws OptionError; DatabaseDiedError; SaveFailedError; `signal.reason`.
 */
export async function runServer(options: ServerOptions = {}): Promise<ServerResult> {
  const resolved = resolveServerOptions(options);
  resolved.signal?.throwIfAborted();
  const { heavyMs, sliceMs } = resolved;
  const work: HeavyWork = { heavyMs, sliceMs, steps: stepsFor(heavyMs) };
  await using server = await startServerThread(new URL(`./web-server${ending}`, import.meta.url), work);
  const runs: ServerRun[] = [];
  for (const mode of resolved.modes) runs.push(await runOnce(mode, resolved, server));
  return { options: resolved, runs };
}

async function runOnce(
  mode: ServerMode,
  { heavy, lightPerSecond, signal, onProgress }: ResolvedServerOptions,
  { address }: ServerThread,
): Promise<ServerRun> {
  await using session = new Session({ limit: 10_000 }); // a request must never wait for another one's end
  const lightMs: number[] = [];
  let [aloneMs, heavyMs] = [0, 0];
  const run = await runStrategy({
    strategy: mode.name,
    items: heavy,
    signal,
    work: (trace) =>
      function* () {
        yield* openConnections(session, `${address}/light`);
        const light = { session, trace, url: `${address}/light`, perSecond: lightPerSecond, lightMs };
        const kind = mode.computes ? "cpu" : "io";
        const heavies = { session, trace, url: `${address}/heavy/${mode.name}`, kind } as const;
        aloneMs = yield* sendHeavies(heavies, 1);
        yield* taskGroup(function* (group) {
          const lights = group.spawn(sendLights, group, light);
          yield* sleep(leadMs);
          heavyMs = yield* sendHeavies(heavies, heavy);
          lights.cancel("the heavy requests are answered"); // those that were sent are still waited for
        });
      },
  });
  onProgress?.({ strategy: mode.name, done: heavy, items: heavy });
  return { ...run, aloneMs, heavyMs, lightMs };
}

/** A server that computes on its loop accepts few new connections: the light requests come on old ones, as a browser's do. */
function* openConnections(session: Session, url: string): Coroutine<void> {
  yield* gather(Array.from({ length: connections }, () => fetchWhole(session, url)));
}

interface HeavyRequests {
  readonly session: Session;
  readonly url: string;
  readonly trace: Trace;
  /** How the timeline shows them. */
  readonly kind: "cpu" | "io";
}

/** All at once; gives the time until the last answer. */
function* sendHeavies({ session, url, trace, kind }: HeavyRequests, count: number): Coroutine<number> {
  const startMs = trace.now();
  yield* gather(
    Array.from({ length: count }, function* (_, index) {
      const sentMs = trace.now();
      yield* fetchWhole(session, url);
      trace.span("heavy", kind, `heavy ${index + 1}`, sentMs, trace.now());
    }),
  );
  return trace.now() - startMs;
}

interface LightRequests {
  readonly session: Session;
  readonly url: string;
  readonly perSecond: number;
  readonly trace: Trace;
  readonly lightMs: number[];
}

/** Sends them at an even rate, whether the others were answered or not, until it is cancelled. */
function* sendLights(group: TaskGroup, light: LightRequests): Coroutine<void> {
  const startMs = light.trace.now();
  for (let sent = 0; ; sent++) {
    const dueMs = startMs + (sent * 1_000) / light.perSecond;
    yield* sleep(Math.max(0, dueMs - light.trace.now()));
    group.spawn(sendLight, light, dueMs);
  }
}

/** Its time counts from when it was due: what waits because the server stands still has waited too. */
function* sendLight({ session, url, trace, lightMs }: LightRequests, dueMs: number): Coroutine<void> {
  yield* fetchWhole(session, url);
  const endMs = trace.now();
  lightMs.push(endMs - dueMs);
  trace.span("light", "io", "light", dueMs, endMs);
}

function* fetchWhole(session: Session, url: string): Coroutine<void> {
  const response = yield* session.get(url);
  if (!response.ok)
    throw new SaveFailedError(`${url} answered ${response.status}: ${yield* response.text()}`);
}
