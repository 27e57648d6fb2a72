import type { Coroutine } from "@overlap/loop";
import type { Delivery } from "../engine/call-pump.ts";
import { Item } from "../engine/item.ts";
import type { Place } from "../engine/outlet.ts";
import type { StageOpening, StageRun } from "../engine/stage.ts";
import { type CallContext, resultOf } from "../engine/stage-call.ts";
import type { StageStats } from "../engine/stage-stats.ts";
import { endSaved, type Unsaved } from "../sinks/outcomes.ts";
import { callAndWait, type StageCallFunction } from "./policed-call.ts";

const nowhere: Place = { item: undefined };
/** What a call gives that has ended its items itself: whether all were saved. */
class Settled {
  readonly ok: boolean;

  constructor(ok: boolean) {
    this.ok = ok;
  }
}

const allSaved = new Settled(true);
const notAllSaved = new Settled(false);

/** Ends items as they are saved, and sends again what was not. */
export class Saving implements Delivery {
  readonly #fn: StageCallFunction;
  readonly #run: StageRun;
  readonly #stats: StageStats;
  /** What the last attempt of a call has left, where it told its members apart. */
  readonly #unsaved = new Map<CallContext, readonly Unsaved[]>();

  constructor(fn: StageCallFunction, { run, stats }: StageOpening) {
    this.#fn = fn;
    this.#run = run;
    this.#stats = stats;
  }

  get full(): boolean {
    return this.#run.commits?.pending === true;
  }

  reserve(): Place {
    return nowhere;
  }

  give(_place: Place, item: Item, result: unknown): boolean {
    const ok = this.#end(item, result);
    this.#run.commits?.callEnded();
    return ok;
  }

  giveUp(): void {
    this.#run.commits?.callEnded();
  }

  end(): void {}

  /** All attempts of one call. What is left of a batch in the end has failed, member by member. */
  *save(attempts: () => unknown, call: CallContext): Coroutine<Settled> {
    const { item } = call;
    try {
      yield* resultOf(attempts());
      return call.item === item ? allSaved : notAllSaved;
    } catch (error) {
      if (this.#run.closing) throw error;
      this.#failAll(this.#unsaved.get(call) ?? [{ item: call.item, error, retry: false }], call.attempt);
      return notAllSaved;
    } finally {
      this.#unsaved.delete(call);
    }
  }

  /** One attempt. Fails with the first error of a member that may be sent again; the next attempt is for those only. */
  *attempt(value: unknown, attempt: CallContext, call: CallContext): Coroutine<void> {
    this.#unsaved.delete(call);
    const result = yield* callAndWait(() => this.#fn(value, attempt, call), attempt);
    const unsaved = this.#endSaved(call.item, result);
    const again = unsaved.filter((part) => part.retry);
    const lost = unsaved.filter((part) => !part.retry);
    this.#failAll(lost, call.attempt);
    const [first] = again;
    if (first === undefined) return;
    this.#unsaved.set(call, again);
    this.#narrow(call, again);
    throw first.error;
  }

  #end(item: Item, result: unknown): boolean {
    if (result instanceof Settled) return result.ok;
    const unsaved = this.#endSaved(item, result);
    this.#failAll(unsaved, 1);
    return unsaved.length === 0;
  }

  #narrow(call: CallContext, again: readonly Unsaved[]): void {
    const { members, index } = call.item;
    if (members === null) return;
    call.item = Item.batchOf(
      again.map((part) => part.item),
      index,
    );
  }

  #endSaved(item: Item, result: unknown): readonly Unsaved[] {
    try {
      return endSaved(item, result);
    } catch (error) {
      this.#run.abort(error);
      return [];
    }
  }

  #failAll(unsaved: readonly Unsaved[], attempts: number): void {
    this.#stats.failed += unsaved.length;
    for (const { item, error } of unsaved) this.#run.itemFailed(item, this.#stats.name, error, attempts);
  }
}
