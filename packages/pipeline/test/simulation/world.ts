import { sleep } from "@overlap/loop";
import type { Journal, JournalChanges, JournalIdentity, JournalState } from "../../src/delivery/journal.ts";
import { PositionRanges } from "../../src/delivery/position-ranges.ts";
import {
  type ItemContext,
  type ItemOutcome,
  JournalError,
  type RowSink,
  SinkError,
} from "../../src/index.ts";
import type { InSink } from "../../src/sinks/sink.ts";

export type Random = () => number;

/** A row that the sink saves: which child of which item. */
export interface Row {
  readonly item: number;
  readonly child: number;
}

/** What survives a crash, and the dice that decide about faults and crashes. */
export class World {
  readonly random: Random;
  /** How often each row stands in the sink. */
  readonly saved = new Map<string, number>();
  readonly journal = new StoredJournal(this);
  /** Steps until the machine dies; what is not durable then is gone. */
  #stepsLeft = Number.POSITIVE_INFINITY;
  #onCrash: () => void = () => {};
  dead = false;
  /** Faults happen with this probability at each step. */
  faults = 0;
  /** The sink may also fail when the rows are durable already, so that they are sent again. */
  losesAnswers = false;
  crashes = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Starts the machine again; it dies after so many steps. */
  boot(steps: number, onCrash: () => void): void {
    this.dead = false;
    this.#stepsLeft = steps;
    this.#onCrash = onCrash;
  }

  /** A place where the machine may die, or something may go wrong. */
  step(what: string): void {
    this.mayDie(what);
    if (this.random() < this.faults) throw new Error(`${what}: a fault`);
  }

  /** A place where the machine may die. */
  mayDie(what: string): void {
    if (--this.#stepsLeft === 0) {
      this.dead = true;
      this.crashes++;
      this.#onCrash();
    }
    if (this.dead) throw new Error(`${what}: the machine is dead`);
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }
}

/** A journal whose commits survive, and which checks that nothing is noted that the sink does not have. */
class StoredJournal implements Journal {
  readonly #world: World;
  /** Which rows an item has to have in the sink to be done with. */
  rowsOf: (item: number) => readonly string[] = () => [];
  #identity: JournalIdentity | null = null;
  #ranges = new PositionRanges();
  readonly #finished = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #children = new Map<string, Set<string>>();
  #totals = { delivered: 0, dropped: 0, rejected: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  load(): JournalState | null {
    if (this.#identity === null) return null;
    return {
      identity: this.#identity,
      ranges: structuredClone(this.#ranges.toJSON()),
      hasSetAside: this.#failed.size > 0,
      hasChildren: this.#children.size > 0,
      totals: { ...this.#totals },
    };
  }

  begin(identity: JournalIdentity): void {
    this.#identity = identity;
    this.#ranges = new PositionRanges();
    for (const notes of [this.#finished, this.#failed, this.#children]) notes.clear();
    this.#totals = { delivered: 0, dropped: 0, rejected: 0 };
  }

  takeOver(): void {}

  isFinished(key: string): boolean {
    return this.#finished.has(key);
  }

  setAsideAs(id: string): "failed" | null {
    return this.#failed.has(id) ? "failed" : null;
  }

  hasChildren(id: string): boolean {
    return this.#children.has(id);
  }

  isChildDone(id: string, path: string): boolean {
    return this.#children.get(id)?.has(path) === true;
  }

  /** Notes that are of use only as long as something is not done. */
  get leftovers(): number {
    return this.#failed.size + this.#children.size;
  }

  commit(changes: JournalChanges): void {
    this.#world.mayDie("before the commit");
    if (this.#world.random() < this.#world.faults / 4) throw new JournalError("the disk is full");
    this.apply(changes);
    this.#world.mayDie("behind the commit");
  }

  /** What a transaction does when it is committed. */
  apply({ ranges, finished, setAside, recovered, children, complete, totals }: JournalChanges): void {
    if (ranges !== null) this.#ranges = new PositionRanges(structuredClone(ranges));
    for (const key of finished) this.#finished.add(key);
    for (const { id } of setAside) this.#failed.add(id);
    for (const id of recovered) this.#failed.delete(id);
    for (const { id, path } of children)
      this.#children.set(id, (this.#children.get(id) ?? new Set()).add(path));
    for (const id of complete) this.#children.delete(id);
    this.#totals = { ...totals };
    this.#expectHonest();
  }

  /** What is noted as done is in the sink. */
  #expectHonest(): void {
    for (const [from, to] of this.#ranges.toJSON())
      for (let item = from; item < to; item++) if (!this.#failed.has(String(item))) this.#expectSaved(item);
    for (const key of this.#finished) this.#expectSaved(Number(key.slice(1)));
    for (const [id, paths] of this.#children)
      for (const path of paths) this.#expectRow(`${id.replace("k", "")}${path}`);
  }

  #expectSaved(item: number): void {
    for (const row of this.rowsOf(item)) this.#expectRow(row);
  }

  #expectRow(row: string): void {
    if (!this.#world.saved.has(row)) throw new NotSavedError(row);
  }
}

/** The invariant that must never break. */
export class NotSavedError extends Error {
  override readonly name = "NotSavedError";

  constructor(row: string) {
    super(`${row} is noted as done, and is not in the sink`);
  }
}

/** A sink with delays, faults and crashes before and behind the moment in which the rows are durable. */
export function storingSink(world: World): RowSink<Row> {
  return {
    name: "store",
    concurrency: 1,
    keepsJournal: true,
    open({ inSink }) {
      inSink?.useJournal(world.journal);
      return {
        *write(rows) {
          yield* sleep(world.between(0, 3));
          world.step("before the rows are durable");
          const outcomes = rows.map((row): ItemOutcome => {
            if (world.random() < world.faults) return { ok: false, error: new Error("this row not") };
            save(world, row);
            return { ok: true };
          });
          if (world.losesAnswers) world.step("behind it");
          else world.mayDie("behind it");
          yield* sleep(world.between(0, 3));
          return { outcomes };
        },
        close() {},
      };
    },
  };
}

/** A sink that commits rows and notes together, all calls of a turn in one transaction. */
export function transactionalSink(world: World): RowSink<Row> {
  return {
    name: "table",
    concurrency: 1,
    keepsJournal: true,
    open({ inSink }) {
      inSink?.useJournal(world.journal);
      return {
        *write(rows, context) {
          yield* sleep(world.between(0, 3));
          world.step("before the transaction");
          const [result] = transaction(world, inSink as InSink, rows, context);
          world.mayDie("behind the transaction");
          yield* sleep(world.between(0, 1));
          return result as never;
        },
        close() {},
      };
    },
  };
}

function transaction(world: World, inSink: InSink, rows: readonly Row[], context: ItemContext): unknown[] {
  const outcomes = rows.map(
    (): ItemOutcome =>
      world.random() < world.faults ? { ok: false, error: new Error("refused") } : { ok: true },
  );
  return inSink.commit([{ context, outcomes }], (changes) => {
    if (world.dead || world.random() < world.faults / 4)
      throw new SinkError("the transaction was rolled back");
    for (const [index, row] of rows.entries()) if (outcomes[index]?.ok) save(world, row);
    world.journal.apply(changes);
  });
}

function save({ saved }: World, { item, child }: Row): void {
  const key = `${item}/${child}`;
  saved.set(key, (saved.get(key) ?? 0) + 1);
}
