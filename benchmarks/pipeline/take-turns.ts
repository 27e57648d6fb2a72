import { conclude, type Measure, type Measured, sampleRounds } from "../loop/rounds.ts";

/** Takes a measure in this process: its contenders take turns. */
export async function takeTurns(measure: Measure): Promise<Measured> {
  const samples = await sampleRounds(measure, async (index) => {
    globalThis.gc?.();
    return await (measure.contenders[index]?.sample() ?? Promise.resolve(Number.NaN));
  });
  return conclude(measure, samples);
}
