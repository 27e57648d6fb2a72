import type { Waitable } from "@overlap/loop";
import type { Item } from "./item.ts";

/**
 * What a stage shows to the one after it, which alone takes from it. Nothing is pushed: taking makes room, room makes
 * the stage take from the one before it, and so on up to the source.
 */
export interface Flow {
  /** The next item, if one is there now. */
  take(): Item | null;
  /** `take` has given the last one. */
  readonly ended: boolean;
  /** Items that are there to be taken. */
  readonly size: number;
  /** Done when it is worth asking again, after `take` gave nothing and before the flow has ended. */
  ready(): Waitable<void>;
}
