import { runTuned } from "../../packages/policy/test/simulation/run-tuned.ts";
import { type ServerModel, serverModels } from "../../packages/policy/test/simulation/servers.ts";
import { type Contender, Simulation, type Timeline } from "../../packages/policy/test/simulation/simulate.ts";
import { type Sweep, sweep } from "../../packages/policy/test/simulation/sweep.ts";
import { judge, type Verdict, worst } from "../../packages/policy/test/simulation/verdict.ts";
import { AdaptiveRequestConcurrency } from "./arc.ts";
import { Gradient2 } from "./gradient2.ts";

/** What is run on every server. */
const contenders: Readonly<Record<string, (model: ServerModel, seed: number) => Timeline>> = {
  Overlap: (model, seed) => runTuned(model, seed).timeline,
  Gradient2: (model, seed) => simulate(model, seed, () => new Gradient2()),
  ARC: (model, seed) => simulate(model, seed, () => new AdaptiveRequestConcurrency()),
};

/** The worst that one did on one server, over all seeds. */
export interface SimulatedResult {
  readonly server: string;
  readonly contender: string;
  readonly target: number;
  /** The best fixed limit of the first seed, and what it brings. */
  readonly bestLimit: number;
  readonly bestPerSecond: number;
  readonly worst: Verdict;
}

/** Each contender on each server with `seeds` seeds, each seed judged against a sweep of fixed limits with the same seed. */
export function* simulateAll(seeds: number): Generator<SimulatedResult> {
  for (const model of serverModels) {
    const sweeps = Array.from({ length: seeds }, (_, i) => sweep(model, i + 1));
    const [{ bestLimit, bestPerSecond }] = sweeps as [Sweep, ...Sweep[]]; // there is at least one seed
    for (const [contender, run] of Object.entries(contenders)) {
      const verdicts = sweeps.map((best, i) => judge(run(model, i + 1), model, best));
      const { name: server, target } = model;
      yield { server, contender, target, bestLimit, bestPerSecond, worst: worst(verdicts) };
    }
  }
}

function simulate(model: ServerModel, seed: number, create: () => Contender): Timeline {
  return new Simulation(model, seed, create).run();
}
