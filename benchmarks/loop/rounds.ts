/** One way of doing the work of a measure. */
export interface Contender {
  readonly name: string;
  /** One figure, in the unit of the measure. */
  sample(): Promise<number>;
}

/** What is measured, how often, and what is aimed at. */
export interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** Rounds that count. @default 15 */
  readonly rounds?: number;
  /** Rounds before these. @default 5 */
  readonly warmUps?: number;
  /** Every sample comes from a process of its own. @default one process for each contender */
  readonly isFresh?: boolean;
}

/** What a contender must not exceed: `ratio` is to another contender of the measure, the others are absolute. */
export interface Target {
  readonly contender: string;
  readonly statistic: "ratio" | "max";
  readonly atMost: number;
  /** The contender that a ratio is to. */
  readonly baseline?: string;
}

/** How a contender did, over all rounds. */
export interface Result {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Whether a target was met, and by what figure: a maximum, or the median of the ratios within each round. On a machine that does
 * other work as well a median may be luck, so a ratio must hold for the minima, too.
 */
export interface Verdict extends Target {
  readonly figure: number;
  readonly ofMinima?: number;
  readonly met: boolean;
}

/** What one measure found. */
export interface Measured {
  readonly title: string;
  readonly unit: string;
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly verdicts: readonly Verdict[];
}

/** The samples of every contender, one a round. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Nanoseconds of CPU time per operation, of which `run` does as many as `operations` says: of the whole process, so collector
 * and compiler included, and without the time in which others had the core.
 */
export function timed(name: string, operations: number, run: () => Promise<unknown>): Contender {
  return {
    name,
    async sample() {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      return ((user + system) * 1_000) / operations;
    },
  };
}

/** Each round asks all contenders, in an order of its own, so that nobody always follows the same one. */
export async function sampleRounds(
  { contenders, rounds = 15, warmUps = 5 }: Measure,
  sample: (index: number) => Promise<number>,
): Promise<Samples> {
  const samples = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const index of shuffled([...contenders.keys()])) {
      const figure = await sample(index);
      if (round >= 0) samples[index]?.push(figure);
    }
  }
  return new Map(contenders.map(({ name }, index) => [name, samples[index] ?? []]));
}

function shuffled<T>(items: readonly T[]): T[] {
  const drawn = items.map((item) => ({ item, lot: Math.random() }));
  return drawn.toSorted((a, b) => a.lot - b.lot).map(({ item }) => item);
}

/** Median, minimum and maximum of every contender, and the verdicts. */
export function conclude({ title, unit, targets }: Measure, samples: Samples): Measured {
  const results = [...samples].map(([name, figures]) => ({
    name,
    median: medianOf(figures),
    min: Math.min(...figures),
    max: Math.max(...figures),
  }));
  const rounds = Math.min(...[...samples.values()].map((figures) => figures.length));
  return { title, unit, rounds, results, verdicts: targets.map((target) => judge(target, samples)) };
}

function judge(target: Target, samples: Samples): Verdict {
  const { contender, baseline, statistic, atMost } = target;
  const figures = samples.get(contender) ?? [];
  if (statistic === "max") {
    const figure = Math.max(...figures);
    return { ...target, figure, met: figure <= atMost };
  }
  const others = samples.get(baseline ?? "") ?? [];
  const figure = medianOf(figures.map((sample, round) => sample / (others[round] ?? Number.NaN)));
  const ofMinima = Math.min(...figures) / Math.min(...others);
  return { ...target, figure, ofMinima, met: figure <= atMost && ofMinima <= atMost };
}

/** The middle one; of an even number, the mean of the two in the middle. */
function medianOf(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
