/** What is asked of the contenders. */
export interface Load {
  readonly title: string;
  readonly unit: string;
  /** The part of the server's URLs that says how it answers. */
  readonly path: "fast" | "slow";
  readonly requests: number;
  readonly inFlight: number;
  /** What is measured of a run: CPU of the process per request, or the time on the clock. */
  readonly figure: "cpu" | "wall";
  readonly rounds: number;
  readonly warmUps: number;
  /** Names of ways to send, bare dispatch first. */
  readonly contenders: readonly string[];
  /** What ours may be at most, against bare dispatch. */
  readonly atMost: number;
}

/** What everybody is measured against: the least that sends. */
export const bare = "bare Agent.dispatch";
/** Who has targets. */
export const ours = "fetchMany, trace";
/** Whom it has to be ahead of. */
export const peers = ["undici.request + p-limit", "node fetch + p-limit", "got + p-map"];
const waiting = [bare, "fetchMany", ours, ...peers];

/** The loads by name. */
export const loads: Readonly<Record<string, Load>> = {
  cpu: {
    title: "CPU of a small GET, 100 in flight",
    unit: "µs",
    path: "fast",
    // Short samples, so that a round sees one state of the machine.
    requests: 2_500,
    inFlight: 100,
    figure: "cpu",
    rounds: 21,
    warmUps: 6,
    contenders: [bare, "session.get", "session.get, trace", "fetchMany", ours, ...peers],
    atMost: 1.4,
  },
  "wall-100": {
    title: "1,000 GETs × 100 ms, 100 in flight",
    unit: "ms",
    path: "slow",
    requests: 1_000,
    inFlight: 100,
    figure: "wall",
    rounds: 5,
    warmUps: 1,
    contenders: waiting,
    atMost: 1.03,
  },
  "wall-1000": {
    title: "10,000 GETs × 100 ms, 1,000 in flight",
    unit: "ms",
    path: "slow",
    requests: 10_000,
    inFlight: 1_000,
    figure: "wall",
    rounds: 3,
    warmUps: 1,
    contenders: waiting,
    atMost: 1.03,
  },
};
