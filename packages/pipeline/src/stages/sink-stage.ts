import { CallPump, type Delivery } from "../engine/call-pump.ts";
import { Gate } from "../engine/gate.ts";
import { ending, type Item } from "../engine/item.ts";
import { type Place, UnorderedOutlet } from "../engine/outlet.ts";
import type { StageFunction, StageSpec } from "../engine/stage.ts";
import { expectMilliseconds, expectPositiveInteger } from "../errors.ts";

/** Options of the stage that saves. */
export interface SinkStageOptions {
  readonly concurrency?: number;
  readonly abandonAfterMs?: number;
}

/** The last stage: what its function has done is saved, and the item's way ends. */
export function sinkStage<T>(
  name: string,
  fn: StageFunction<T, unknown>,
  { concurrency = 1, abandonAfterMs = 5_000 }: SinkStageOptions = {},
): StageSpec {
  expectPositiveInteger("concurrency", concurrency);
  expectMilliseconds("abandonAfterMs", abandonAfterMs);
  return {
    name,
    kind: "sink",
    open(opening) {
      const limit = opening.run.override(name).concurrency ?? concurrency;
      const gate = new Gate();
      const settings = { name, spanKind: "sink", fn, concurrency: () => limit, abandonAfterMs } as const;
      const pump = new CallPump(settings as never, opening, new SinkDelivery(), gate);
      opening.run.drive(() => pump.drive());
      return new UnorderedOutlet(1, gate);
    },
  };
}

const nowhere: Place = { item: undefined };

class SinkDelivery implements Delivery {
  readonly full = false;

  reserve(): Place {
    return nowhere;
  }

  give(_place: Place, item: Item, _result: unknown): void {
    item.end(ending.delivered);
  }

  giveUp(): void {}

  end(): void {}
}
