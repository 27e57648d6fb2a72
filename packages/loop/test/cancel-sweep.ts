import { checkpoint, type FutureState, Task } from "../src/index.ts";

/** One freshly started case: its tasks have been made and none of them has run. */
export interface Scenario {
  /** Every task that takes part, by a name for messages. */
  readonly tasks: Readonly<Record<string, Task<unknown>>>;
  /** Called when all of them have ended; throws when something was lost, doubled or left behind. */
  verify(run: SweepRun): void | PromiseLike<void>;
}

/** One run of the scenario. */
export interface SweepRun {
  /** Who was cancelled; `null` in the run without a cancel. */
  readonly victim: string | null;
  /** After which steps (of all tasks together, 0 is before the first) it was cancelled. */
  readonly cancelledAfter: readonly number[];
}

/** Options of `sweepCancel`. */
export interface SweepOptions {
  /** The tasks to cancel, one after the other. @default all */
  readonly victims?: readonly string[];
  /** Also cancels the victim a second time, after every later step. @default false */
  readonly twice?: boolean;
  /** Lets everything that is ready run once; a test on virtual time moves its clock here. @default checkpoint */
  readonly turn?: () => PromiseLike<void>;
}

/** What was tried. */
export interface SweepReport {
  /** Steps that the tasks take when nobody is cancelled. */
  readonly steps: number;
  /** Runs with a cancel. */
  readonly runs: number;
  /** How often each victim ended in each way. */
  readonly ends: Readonly<Record<string, Partial<Record<FutureState, number>>>>;
}

/**
 * Cancels at every step: starts the scenario afresh for each task and each step k, cancels the task right after the k-th
 * step, lets everything end, and verifies. Throws, naming the victim and the step, when a task is still waiting after twice
 * the turns that the run without a cancel took (and some), or when `verify` throws. Nothing depends on time.
 *
 * @example
 * await sweepCancel(() => {
 *   const lock = new Lock();
 *   const a = createTask(useBriefly, lock);
 *   const b = createTask(useBriefly, lock);
 *   return { tasks: { a, b }, verify: () => expect(lock.locked).toBe(false) };
 * });
 */
export async function sweepCancel(
  start: () => Scenario,
  { victims, twice = false, turn = checkpoint }: SweepOptions = {},
): Promise<SweepReport> {
  const undisturbed = await play(start, { victim: null, cancelledAfter: [] }, { turn, maxTurns: 10_000 });
  if (undisturbed.steps === 0)
    throw new Error("the sweep saw no step: does every task still go through run()?");
  const maxTurns = 2 * undisturbed.turns + 20;
  const ends: Record<string, Partial<Record<FutureState, number>>> = {};
  let runs = 0;
  for (const victim of victims ?? Object.keys(undisturbed.states)) {
    const endsOfVictim: Partial<Record<FutureState, number>> = {};
    ends[victim] = endsOfVictim;
    for (const cancelledAfter of cancelPoints(undisturbed.steps, twice)) {
      const { states } = await play(start, { victim, cancelledAfter }, { turn, maxTurns });
      const state = states[victim] as FutureState; // play() has seen every task end
      endsOfVictim[state] = (endsOfVictim[state] ?? 0) + 1;
      runs++;
    }
  }
  return { steps: undisturbed.steps, runs, ends };
}

function* cancelPoints(steps: number, twice: boolean): Generator<number[]> {
  for (let first = 0; first <= steps; first++) {
    yield [first];
    // A cleanup after the first cancel may take more steps than the undisturbed run had left.
    if (twice) for (let second = first; second <= steps + 4; second++) yield [first, second];
  }
}

interface Played {
  readonly steps: number;
  readonly turns: number;
  readonly states: Readonly<Record<string, FutureState>>;
}

interface Patience {
  readonly turn: () => PromiseLike<void>;
  readonly maxTurns: number;
}

/** Runs the scenario once, to its verified end. */
async function play(start: () => Scenario, run: SweepRun, patience: Patience): Promise<Played> {
  const scenario = start();
  for (const task of Object.values(scenario.tasks)) task.then(ignore, ignore);
  let steps = 0;
  cancelIfDue(scenario, run, steps);
  using _watch = watchSteps(() => cancelIfDue(scenario, run, ++steps));
  const turns = await untilEnded(scenario, run, patience);
  await verify(scenario, run);
  const states = Object.fromEntries(Object.entries(scenario.tasks).map(([name, task]) => [name, task.state]));
  return { steps, turns, states };
}

function cancelIfDue({ tasks }: Scenario, { victim, cancelledAfter }: SweepRun, steps: number): void {
  if (victim === null) return;
  for (const after of cancelledAfter) {
    if (after === steps) tasks[victim]?.cancel(`after step ${steps}`);
  }
}

/** How many turns it took. */
async function untilEnded(scenario: Scenario, run: SweepRun, { turn, maxTurns }: Patience): Promise<number> {
  const tasks = Object.entries(scenario.tasks);
  for (let turns = 0; turns <= maxTurns; turns++) {
    if (tasks.every(([, task]) => task.done)) return turns;
    await turn();
  }
  const hanging = tasks.filter(([, task]) => !task.done);
  for (const [, task] of hanging) task.cancel("the sweep gives up");
  const names = hanging.map(([name]) => name).join(", ");
  throw new Error(`${describeRun(run)}: still waiting after ${maxTurns} turns: ${names}`);
}

async function verify(scenario: Scenario, run: SweepRun): Promise<void> {
  try {
    await scenario.verify(run);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${describeRun(run)}: ${message}`, { cause: error });
  }
}

/** Calls `onStep` after every step of every task. */
function watchSteps(onStep: () => void): Disposable {
  const prototype = Task.prototype;
  // oxlint-disable-next-line typescript/unbound-method -- always called with its task
  const run = prototype.run;
  prototype.run = function (this: Task<unknown>) {
    run.call(this);
    onStep();
  };
  return {
    [Symbol.dispose]() {
      prototype.run = run;
    },
  };
}

function describeRun({ victim, cancelledAfter }: SweepRun): string {
  return victim === null
    ? "nobody cancelled"
    : `${victim} cancelled after step ${cancelledAfter.join(" and ")}`;
}

function ignore(): void {}
