import { CancelledError, type Coroutine, TimeoutError, timeout } from "@overlap/loop";
import type { SpanKind } from "@overlap/trace";
import { batchTook } from "./batch-times.ts";
import type { Flow } from "./flow.ts";
import type { Gate } from "./gate.ts";
import type { Item } from "./item.ts";
import type { Place } from "./outlet.ts";
import type { StageOpening, StageRun } from "./stage.ts";
import { type CallContext, type CallOwner, StageCall } from "./stage-call.ts";
import type { StageStats } from "./stage-stats.ts";
import { uninterrupted } from "./uninterrupted.ts";

/** Where the results of calls go. */
export interface Delivery {
  /** It takes no more for now; the pump's gate opens when it does again. */
  readonly full: boolean;
  /** An item is about to be worked on. */
  reserve(): Place;
  /** False when the result says that it went wrong, and the delivery has seen to it. */
  give(place: Place, item: Item, result: unknown): boolean;
  giveUp(place: Place): void;
  /** The last call has ended. */
  end(): void;
}

/** What a pump calls, and how. */
export interface PumpSettings {
  readonly name: string;
  readonly spanKind: SpanKind;
  readonly fn: (value: unknown, context: CallContext) => unknown;
  /** Items in the stage's hands at most. */
  readonly admitted: () => number;
  /** After a cancel, milliseconds until work that doesn't end is left alone. */
  readonly abandonAfterMs: number;
}

/**
 * Takes items as long as there are free slots and room for results, and calls a function for each: one coroutine for all
 * calls, which wakes when a slot is free, and begins as many as it can.
 */
export class CallPump implements CallOwner {
  readonly fn: PumpSettings["fn"];
  /** Opens when a call has ended, or there is room for results again. */
  readonly gate: Gate;
  readonly #settings: PumpSettings;
  readonly #upstream: Flow;
  readonly #delivery: Delivery;
  readonly #run: StageRun;
  readonly #stats: StageStats;
  readonly #now: () => number;
  /** Every call object there is; those in `#idle` have no call under way. */
  readonly #calls: StageCall[] = [];
  readonly #idle: StageCall[] = [];

  constructor(
    settings: PumpSettings,
    { upstream, run, stats }: StageOpening,
    delivery: Delivery,
    gate: Gate,
  ) {
    this.fn = settings.fn;
    this.gate = gate;
    this.#settings = settings;
    this.#upstream = upstream;
    this.#delivery = delivery;
    this.#run = run;
    this.#stats = stats;
    this.#now = () => run.now();
  }

  /** Works until the last item is done. Cancelling tells every call, and waits until they have ended. */
  *drive(): Coroutine<void> {
    try {
      yield* this.#takeAll();
      yield* this.#untilIdle();
    } catch (error) {
      if (!this.#run.closing) this.#run.abort(error);
      const cancel = error instanceof CancelledError ? error : new CancelledError(error);
      yield* uninterrupted(() => this.#cancelCalls(cancel));
      throw error;
    }
    this.#delivery.end();
  }

  callReturned(call: StageCall, result: unknown): void {
    const { item, place } = call as { item: Item; place: Place }; // it is under way
    const ok = this.#delivery.give(place, item, result);
    if (ok) this.#stats.out++;
    this.#ended(call, ok);
    this.gate.open();
  }

  callFailed(call: StageCall, error: unknown): void {
    const { item, place } = call as { item: Item; place: Place }; // it is under way
    const { attempts } = call;
    this.#ended(call, false);
    this.#delivery.giveUp(place);
    // What fails while the run ends may fail because of that: the item has not failed, it is not done.
    if (!this.#run.closing) this.#itemFailed(item, error, attempts);
    this.gate.open();
  }

  #itemFailed(item: Item, error: unknown, attempts: number): void {
    this.#stats.failed++;
    this.#run.itemFailed(item, this.#settings.name, error, attempts);
  }

  get #underWay(): number {
    return this.#calls.length - this.#idle.length;
  }

  *#takeAll(): Coroutine<void> {
    const { admitted } = this.#settings;
    for (;;) {
      while (this.#underWay >= admitted() || this.#delivery.full || this.#run.closing)
        yield* this.gate.wait();
      const item = this.#upstream.take();
      if (item !== null) this.#begin(item);
      else if (this.#upstream.ended) return;
      else yield* this.#upstream.ready();
    }
  }

  #begin(item: Item): void {
    const nowMs = this.#now();
    this.#stats.begin(nowMs);
    this.#run.trace?.flight?.(1);
    (this.#idle.pop() ?? this.#addCall()).begin(item, this.#delivery.reserve(), nowMs);
  }

  #addCall(): StageCall {
    const call = new StageCall(this);
    this.#calls.push(call);
    return call;
  }

  #ended(call: StageCall, ok: boolean): void {
    const { name, spanKind } = this.#settings;
    const nowMs = this.#now();
    if (ok && call.item !== null) batchTook(call.item, nowMs - call.startMs);
    this.#stats.end(call.startMs, nowMs);
    this.#run.trace?.flight?.(-1);
    this.#run.trace?.span(name, spanKind, call.item?.givenKey ?? name, call.startMs, nowMs, ok);
    call.item = null;
    this.#idle.push(call);
  }

  *#untilIdle(): Coroutine<void> {
    while (this.#underWay > 0) yield* this.gate.wait();
  }

  *#cancelCalls(cancel: CancelledError): Coroutine<void> {
    for (const call of this.#calls) if (call.item !== null) call.cancel(cancel);
    try {
      yield* timeout(this.#settings.abandonAfterMs, this.#untilIdle());
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      for (const call of this.#calls) call.abandon();
    }
  }
}
