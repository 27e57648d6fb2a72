import { CallPump, type Delivery } from "../engine/call-pump.ts";
import { Gate } from "../engine/gate.ts";
import type { Item } from "../engine/item.ts";
import { OrderedOutlet, type Outlet, type Place, UnorderedOutlet } from "../engine/outlet.ts";
import type { StageFunction, StageSpec } from "../engine/stage.ts";
import { openCalls } from "./open-calls.ts";
import type { StageCallFunction } from "./policed-call.ts";
import { checkPolicies, declaredLimit, type PolicyOptions } from "./policies.ts";

/** Options of `.io()`. */
export interface IoOptions<T = never> extends PolicyOptions<T> {
  /** Results in the order of the items: one that comes early waits for those before it. @default false */
  readonly ordered?: boolean;
}

/** A stage that waits: many items in flight on the loop. */
export function ioStage<T, R>(name: string, fn: StageFunction<T, R>, options: IoOptions<T> = {}): StageSpec {
  checkPolicies(options);
  return {
    name,
    kind: "io",
    limit: declaredLimit(options, 100),
    open(opening) {
      const gate = new Gate();
      const calls = openCalls(fn as StageCallFunction, options, 100, opening, gate);
      const Results = options.ordered === true ? OrderedOutlet : UnorderedOutlet;
      const outlet = new Results(calls.limit(), gate);
      const delivery = new ResultDelivery(outlet, calls.limit);
      const pump = new CallPump({ ...calls, spanKind: "io" }, opening, delivery, gate);
      opening.run.drive(() => pump.drive());
      return outlet;
    },
  };
}

/** What a call returns is the item's new value. */
class ResultDelivery implements Delivery {
  readonly #outlet: Outlet;
  readonly #limit: () => number;

  /** As many results may lie ready as `limit` says at that time. */
  constructor(outlet: Outlet, limit: () => number) {
    this.#outlet = outlet;
    this.#limit = limit;
  }

  get full(): boolean {
    this.#outlet.limit = this.#limit();
    return this.#outlet.full;
  }

  reserve(): Place {
    return this.#outlet.reserve();
  }

  give(place: Place, item: Item, result: unknown): boolean {
    item.value = result;
    this.#outlet.give(place, item);
    return true;
  }

  giveUp(place: Place): void {
    this.#outlet.giveUp(place);
  }

  end(): void {
    this.#outlet.end();
  }
}
