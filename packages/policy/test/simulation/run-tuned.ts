import type { ServerModel } from "./servers.ts";
import { Simulation, type Timeline } from "./simulate.ts";
import type { Sweep } from "./sweep.ts";
import { TunedContender } from "./tuned-contender.ts";
import { judge, type Verdict, worst } from "./verdict.ts";

/** One run of Overlap's controller that begins at 4. */
export function runTuned(
  model: ServerModel,
  seed: number,
): { timeline: Timeline; contender: TunedContender } {
  const contenders: TunedContender[] = [];
  const simulation = new Simulation(model, seed, (client) => {
    const contender = new TunedContender(client, 4);
    contenders.push(contender);
    return contender;
  });
  return { timeline: simulation.run(), contender: contenders[0] as TunedContender }; // made in the constructor
}

/** The worst of each figure over the seeds from 1 to `seeds`. */
export function worstOf(seeds: number, model: ServerModel, best: Sweep): Verdict {
  const verdicts = Array.from({ length: seeds }, (_, i) =>
    judge(runTuned(model, i + 1).timeline, model, best),
  );
  return worst(verdicts);
}
