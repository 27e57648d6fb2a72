/** What is asked of the contenders, and what is aimed at. */
export interface Measure {
  readonly title: string;
  readonly unit: string;
  /** The part of the server's URLs that says how it answers. */
  readonly path: "fast" | "slow";
  readonly requests: number;
  readonly inFlight: number;
  /** What is measured of a run: CPU of the process per request, or the time on the clock. */
  readonly figure: "cpu" | "wall";
  readonly rounds: number;
  readonly contenders: readonly string[];
  /** Above which ratio to bare dispatch the contender that counts misses its target. */
  readonly target: { readonly contender: string; readonly ratio: number };
  /** Whom that contender has to be ahead of. */
  readonly aheadOf: readonly string[];
}

const peers = ["undici.request + p-limit", "node fetch + p-limit", "got + p-map"];

/** The measures by name. */
export const measures: Readonly<Record<string, Measure>> = {
  cpu: {
    title: "CPU of a small GET, 100 in flight",
    unit: "µs",
    path: "fast",
    requests: 10_000,
    inFlight: 100,
    figure: "cpu",
    rounds: 9,
    contenders: [
      "bare Agent.dispatch",
      "session.get",
      "session.get, trace",
      "fetchMany",
      "fetchMany, trace",
      ...peers,
    ],
    target: { contender: "fetchMany, trace", ratio: 1.4 },
    aheadOf: peers,
  },
  "wall-100": {
    title: "1,000 GETs × 100 ms, 100 in flight",
    unit: "ms",
    path: "slow",
    requests: 1_000,
    inFlight: 100,
    figure: "wall",
    rounds: 5,
    contenders: ["bare Agent.dispatch", "fetchMany", "fetchMany, trace", ...peers],
    target: { contender: "fetchMany, trace", ratio: 1.03 },
    aheadOf: peers,
  },
  "wall-1000": {
    title: "10,000 GETs × 100 ms, 1,000 in flight",
    unit: "ms",
    path: "slow",
    requests: 10_000,
    inFlight: 1_000,
    figure: "wall",
    rounds: 5,
    contenders: ["bare Agent.dispatch", "fetchMany", "fetchMany, trace", ...peers],
    target: { contender: "fetchMany, trace", ratio: 1.03 },
    aheadOf: peers,
  },
};
