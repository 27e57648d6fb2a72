import { conclude, type Measure, type Measured, sampleRounds } from "../loop/rounds.ts";

/** `PIPELINE_ROUNDS=1` for a machine that others need, too: so many rounds at most, and none to warm up. */
export const mostRounds = Number(process.env.PIPELINE_ROUNDS ?? Number.POSITIVE_INFINITY);

/** Takes a measure in this process: its contenders take turns. */
export async function takeTurns(measure: Measure): Promise<Measured> {
  const { rounds = 5, warmUps = 0 } = measure;
  const few = mostRounds < rounds ? { rounds: mostRounds, warmUps: 0 } : { rounds, warmUps };
  const samples = await sampleRounds({ ...measure, ...few }, async (index) => {
    globalThis.gc?.();
    return await (measure.contenders[index]?.sample() ?? Promise.resolve(Number.NaN));
  });
  return conclude(measure, samples);
}
