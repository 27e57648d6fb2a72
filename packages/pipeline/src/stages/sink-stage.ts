import type { Coroutine } from "@overlap/loop";
import { CallPump } from "../engine/call-pump.ts";
import type { Flow } from "../engine/flow.ts";
import { Gate } from "../engine/gate.ts";
import { UnorderedOutlet } from "../engine/outlet.ts";
import type { StageOpening, StageSpec } from "../engine/stage.ts";
import type { RowSink } from "../sinks/sink.ts";
import { keptBySink } from "./kept-by-sink.ts";
import { type OpenCalls, openCalls } from "./open-calls.ts";
import { openWriter } from "./open-writer.ts";
import type { StageCallFunction } from "./policed-call.ts";
import { checkPolicies, declaredLimit, type PolicyOptions } from "./policies.ts";
import { Saving } from "./saving.ts";

/** The last stage, where a function saves: then the item's way ends. */
export function functionSinkStage(name: string, fn: StageCallFunction, options: PolicyOptions): StageSpec {
  checkPolicies(options);
  const limit = declaredLimit(options, 1);
  return { name, kind: "sink", limit, open: (opening) => openSinkStage(fn, options, 1, opening) };
}

/** How the last stage is told what comes to it. */
export interface RowSinkSettings {
  /** Its items are batches. */
  readonly batches: boolean;
  /** The sink keeps the journal itself. */
  readonly inSink: boolean;
}

/** The last stage, where the sink has to be opened first. */
export function rowSinkStage(
  name: string,
  sink: RowSink<unknown>,
  options: PolicyOptions,
  { batches, inSink }: RowSinkSettings,
): StageSpec {
  checkPolicies(options);
  const { abandonAfterMs = 5_000 } = options;
  const concurrency = batches ? (sink.batchConcurrency ?? sink.concurrency) : sink.concurrency;
  return {
    name,
    kind: "sink",
    limit: declaredLimit(options, concurrency),
    *open(opening) {
      const journal = inSink ? keptBySink(opening.run) : null;
      const writer = yield* openWriter(sink.open({ inSink: journal }), opening.run, abandonAfterMs);
      const write: StageCallFunction = (value, attempt) =>
        writer.write(Array.isArray(value) ? value : [value], attempt);
      return openSinkStage(write, options, concurrency, opening);
    },
  };
}

function openSinkStage(
  fn: StageCallFunction,
  options: PolicyOptions,
  defaultConcurrency: number,
  opening: StageOpening,
): Flow {
  const gate = new Gate();
  const saving = new Saving(fn, opening);
  const open = (call: StageCallFunction): OpenCalls =>
    openCalls(call, options, defaultConcurrency, opening, gate);
  const calls = options.retry === undefined ? open(fn) : savedAgain(saving, open);
  const pump = new CallPump({ ...calls, spanKind: "sink" }, opening, saving, gate);
  const { commits } = opening.run;
  if (commits !== null) commits.onCommit = () => gate.open();
  opening.run.drive(() => pump.drive());
  return new UnorderedOutlet(1, gate);
}

/** With retries, a call ends its items itself: those that were saved at once, the others when it gives up. */
function savedAgain(saving: Saving, open: (call: StageCallFunction) => OpenCalls): OpenCalls {
  const calls = open((...call): Coroutine<void> => saving.attempt(...call));
  return { ...calls, fn: (value, call) => saving.save(() => calls.fn(value, call), call) };
}
