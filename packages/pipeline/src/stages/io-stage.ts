import { CallPump, type Delivery } from "../engine/call-pump.ts";
import { Gate } from "../engine/gate.ts";
import type { Item } from "../engine/item.ts";
import { OrderedOutlet, type Outlet, type Place, UnorderedOutlet } from "../engine/outlet.ts";
import type { StageFunction, StageSpec } from "../engine/stage.ts";
import { expectMilliseconds, expectPositiveInteger } from "../errors.ts";

/** Options of `.io()`. */
export interface IoOptions {
  /** Items in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
  /** Results in the order of the items: one that comes early waits for those before it. @default false */
  readonly ordered?: boolean;
  /**
   * Milliseconds that cancelled work may take to end after its signal has fired; then it is left alone. At least 0.
   * @default 5_000
   */
  readonly abandonAfterMs?: number;
}

/** A stage that waits: many items in flight on the loop. */
export function ioStage<T, R>(name: string, fn: StageFunction<T, R>, options: IoOptions = {}): StageSpec {
  const { concurrency = 100, ordered = false, abandonAfterMs = 5_000 } = options;
  expectPositiveInteger("concurrency", concurrency);
  expectMilliseconds("abandonAfterMs", abandonAfterMs);
  return {
    name,
    kind: "io",
    open(opening) {
      const limit = opening.run.override(name).concurrency ?? concurrency;
      const gate = new Gate();
      const outlet = ordered ? new OrderedOutlet(limit, gate) : new UnorderedOutlet(limit, gate);
      const settings = { name, spanKind: "io", fn, concurrency: () => limit, abandonAfterMs } as const;
      const pump = new CallPump(settings as never, opening, new ResultDelivery(outlet), gate);
      opening.run.drive(() => pump.drive());
      return outlet;
    },
  };
}

/** What a call returns is the item's new value. */
class ResultDelivery implements Delivery {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  get full(): boolean {
    return this.#outlet.full;
  }

  reserve(): Place {
    return this.#outlet.reserve();
  }

  give(place: Place, item: Item, result: unknown): void {
    item.value = result;
    this.#outlet.give(place, item);
  }

  giveUp(place: Place): void {
    this.#outlet.giveUp(place);
  }

  end(): void {
    this.#outlet.end();
  }
}
