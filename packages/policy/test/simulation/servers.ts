import type { Randomness } from "./randomness.ts";

/** What a server does with a request; one object serves all requests of a server. */
interface Answer {
  latencyMs: number;
  rejected: boolean;
}

/** The server's side of a simulation: what becomes of a request that arrives at `nowMs` with `others` in service. */
export type Serve = (nowMs: number, others: number) => Answer;

/** A kind of server, and what the client and the job beside it are like. */
export interface ServerModel {
  readonly name: string;
  readonly durationMs: number;
  serve(random: Randomness): Serve;
  /** Time that each item takes on the client's one CPU after its answer. */
  readonly clientCpuMs?: number;
  /** Time between two items of the source. */
  readonly sourceEveryMs?: number;
  /** When the server becomes another one. */
  readonly changesMs?: readonly number[];
  /** Share of the best fixed limit's throughput that must be reached. */
  readonly target: number;
}

const minute = 60_000;

/** The latency of a server that isn't loaded: 100 ms, give or take 5 %. */
function base(random: Randomness, medianMs = 100, spread = 0.05): number {
  return medianMs * Math.exp(spread * random.normal());
}

const unlimited: ServerModel = {
  name: "unlimited",
  durationMs: minute,
  target: 0.9,
  serve: (random) => always(() => base(random)),
};

const queue500: ServerModel = {
  name: "queue-500",
  durationMs: minute,
  target: 0.9,
  serve: (random) =>
    queueing(
      () => 500,
      () => base(random),
    ),
};

const rejectRate300: ServerModel = {
  name: "reject-rate-300",
  durationMs: minute,
  target: 0.9,
  serve: (random) =>
    rejectingByRate(
      () => 300,
      () => base(random),
      10,
    ),
};

/** Answers in 8 ms, so that no limit keeps it at its rate: 2 in flight are too few, 3 too many. From 40 s on it may be 900 per second. */
const fastRejectRate: ServerModel = {
  name: "fast-reject-rate",
  durationMs: 2 * minute,
  changesMs: [40_000],
  target: 0.8,
  serve: (random) =>
    rejectingByRate(
      (nowMs) => (nowMs < 40_000 ? 300 : 900),
      () => base(random, 8),
      1,
    ),
};

const rejectAbove40: ServerModel = {
  name: "reject-above-40",
  durationMs: minute,
  target: 0.9,
  serve(random) {
    const answer: Answer = { latencyMs: 0, rejected: false };
    return (_nowMs, others) => {
      answer.rejected = others >= 40;
      answer.latencyMs = answer.rejected ? 10 : base(random);
      return answer;
    };
  },
};

const usl44: ServerModel = {
  name: "usl-44",
  durationMs: minute,
  target: 0.9,
  serve: (random) => always((n) => base(random) * (1 + 0.01 * n + 0.0005 * n * (n + 1))),
};

const bimodal: ServerModel = {
  name: "bimodal",
  durationMs: minute,
  target: 0.9,
  serve: (random) =>
    queueing(
      () => 500,
      () => base(random, random.uniform() < 0.9 ? 50 : 1_000, 0.1),
    ),
};

const gradual: ServerModel = {
  name: "gradual",
  durationMs: minute,
  target: 0.9,
  serve: (random) => always((n) => base(random) * (1 + n / 20)),
};

const step: ServerModel = {
  name: "step",
  durationMs: minute,
  changesMs: [20_000, 40_000],
  target: 0.8,
  serve: (random) =>
    queueing(
      (nowMs) => (nowMs < 20_000 || nowMs >= 40_000 ? 250 : 750),
      () => base(random),
    ),
};

const far: ServerModel = {
  name: "far",
  durationMs: 5 * minute,
  target: 0.8,
  serve: (random) => always(() => base(random, 2_000)),
};

const heavyTail: ServerModel = {
  name: "heavy-tail",
  durationMs: minute,
  target: 0.9,
  // Pareto of shape 1.5 and scale 20 ms by its inverse distribution function.
  serve: (random) => always(() => Math.min(5_000, 50 + 20 * (1 - random.uniform()) ** (-1 / 1.5))),
};

const clientCpu: ServerModel = { ...unlimited, name: "client-cpu", clientCpuMs: 2 };
const slowSource: ServerModel = { ...unlimited, name: "slow-source", sourceEveryMs: 12.5 };

/** Every kind of server on which self-tuning is judged. */
export const serverModels: readonly ServerModel[] = [
  unlimited,
  queue500,
  rejectRate300,
  rejectAbove40,
  usl44,
  bimodal,
  gradual,
  step,
  far,
  heavyTail,
  clientCpu,
  slowSource,
];

function always(latencyMs: (others: number) => number): Serve {
  const answer: Answer = { latencyMs: 0, rejected: false };
  return (_nowMs, others) => {
    answer.latencyMs = latencyMs(others);
    return answer;
  };
}

/** One server that takes one after the other, beside a latency that is the same for all. */
function queueing(perSecond: (nowMs: number) => number, latencyMs: () => number): Serve {
  const answer: Answer = { latencyMs: 0, rejected: false };
  let freeMs = 0;
  return (nowMs) => {
    const startMs = Math.max(freeMs, nowMs);
    freeMs = startMs + 1_000 / perSecond(startMs);
    answer.latencyMs = startMs - nowMs + latencyMs();
    return answer;
  };
}

/** A bucket of 30 tokens; what finds none is refused. */
function rejectingByRate(
  perSecond: (nowMs: number) => number,
  latencyMs: () => number,
  refusalMs: number,
): Serve {
  const answer: Answer = { latencyMs: 0, rejected: false };
  let [tokens, filledMs] = [30, 0];
  return (nowMs) => {
    tokens = Math.min(30, tokens + ((nowMs - filledMs) * perSecond(nowMs)) / 1_000);
    filledMs = nowMs;
    answer.rejected = tokens < 1;
    if (!answer.rejected) tokens--;
    answer.latencyMs = answer.rejected ? refusalMs : latencyMs();
    return answer;
  };
}

/** Refuses one in twenty, whatever is sent. */
const flaky: ServerModel = {
  name: "flaky",
  durationMs: minute,
  target: 0.8,
  serve(random) {
    const serve = queueing(
      () => 500,
      () => base(random),
    );
    const refusal: Answer = { latencyMs: 20, rejected: true };
    return (nowMs, others) => (random.uniform() < 0.05 ? refusal : serve(nowMs, others));
  },
};

/** Refuses everything from 20 to 30 s. */
const outage: ServerModel = {
  name: "outage",
  durationMs: minute,
  changesMs: [30_000],
  target: 0.9,
  serve(random) {
    const serve = queueing(
      () => 500,
      () => base(random),
    );
    const refusal: Answer = { latencyMs: 20, rejected: true };
    return (nowMs, others) => (nowMs >= 20_000 && nowMs < 30_000 ? refusal : serve(nowMs, others));
  },
};

/** Servers in trouble that no limit cures. */
export const troubledServers: readonly ServerModel[] = [fastRejectRate, flaky, outage];
