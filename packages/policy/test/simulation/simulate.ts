import { EventHeap } from "./event-heap.ts";
import { Randomness } from "./randomness.ts";
import type { Serve, ServerModel } from "./servers.ts";

/** Who decides how many are in flight: a fixed number, Overlap's controller, or a peer. */
export interface Contender {
  readonly limit: number;
  readonly epoch: number;
  /** Milliseconds until one more may start as far as a rate goes. */
  waitMs(nowMs: number): number;
  started(nowMs: number): void;
  /** One ended: the answer came at `endMs`, the client was done with it at `nowMs`. */
  ended(
    startMs: number,
    endMs: number,
    nowMs: number,
    epoch: number,
    rejected: boolean,
    inFlight: number,
    flownMs: number,
  ): void;
}

/** What happened in a simulation, in bins of `binMs`. */
export interface Timeline {
  readonly binMs: number;
  readonly done: Float64Array;
  readonly rejected: Float64Array;
  /** The limit, averaged over the bin's ends of requests. */
  readonly limit: Float64Array;
  /** Sum of latencies of what was done. */
  readonly latencyMs: Float64Array;
}

const binMs = 100;
const wakeUp = -1;

/** One client in a closed loop with one server, in virtual time; the same seed, the same run. */
export class Simulation {
  readonly #heap = new EventHeap();
  readonly #model: ServerModel;
  readonly #serve: Serve;
  readonly #contender: Contender;
  readonly timeline: Timeline;
  readonly #startMs: number[] = [];
  readonly #answeredMs: number[] = [];
  readonly #epoch: number[] = [];
  readonly #rejected: boolean[] = [];
  readonly #free: number[] = [];
  #inFlight = 0;
  #inService = 0;
  /** In flight, times milliseconds. */
  #flownMs = 0;
  #flownUntilMs = 0;
  #nowMs = 0;
  #nextItemMs = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #cpuFreeMs = 0;
  #cpuMs = 0;

  constructor(model: ServerModel, seed: number, create: (simulation: Simulation) => Contender) {
    this.#model = model;
    this.#serve = model.serve(new Randomness(seed));
    const bins = Math.ceil(model.durationMs / binMs) + 1;
    this.timeline = {
      binMs,
      done: new Float64Array(bins),
      rejected: new Float64Array(bins),
      limit: new Float64Array(bins),
      latencyMs: new Float64Array(bins),
    };
    this.#contender = create(this);
  }

  /** CPU time of the client until now: what its event loop was busy with. */
  get cpuMs(): number {
    return this.#cpuMs - Math.max(0, this.#cpuFreeMs - this.#nowMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  run(): Timeline {
    const { durationMs } = this.#model;
    let bin = 0;
    this.#fill();
    while (this.#heap.nextMs < durationMs) {
      this.#nowMs = this.#heap.nextMs;
      const event = this.#heap.pop();
      while ((bin + 1) * binMs <= this.#nowMs) this.timeline.limit[++bin] = this.#contender.limit;
      if (event === wakeUp) this.#wakeAtMs = Number.POSITIVE_INFINITY;
      else if (event % 2 === 0) this.#answer(event >> 1);
      else this.#release(event >> 1);
      this.#fill();
    }
    return this.timeline;
  }

  #fill(): void {
    const { sourceEveryMs } = this.#model;
    while (this.#inFlight < this.#contender.limit) {
      const paceMs = this.#contender.waitMs(this.#nowMs);
      const startMs = Math.max(this.#nowMs + paceMs, sourceEveryMs === undefined ? 0 : this.#nextItemMs);
      if (startMs > this.#nowMs) {
        if (startMs < this.#wakeAtMs) {
          this.#wakeAtMs = startMs;
          this.#heap.push(startMs, wakeUp);
        }
        return;
      }
      if (sourceEveryMs !== undefined) this.#nextItemMs = this.#nowMs + sourceEveryMs;
      this.#start();
    }
  }

  #start(): void {
    const slot = this.#free.pop() ?? this.#startMs.length;
    this.#fly();
    this.#inFlight++;
    this.#contender.started(this.#nowMs);
    this.#startMs[slot] = this.#nowMs;
    this.#epoch[slot] = this.#contender.epoch;
    const { latencyMs, rejected } = this.#serve(this.#nowMs, this.#inService);
    this.#rejected[slot] = rejected;
    if (!rejected) this.#inService++;
    this.#heap.push(this.#nowMs + latencyMs, 2 * slot);
  }

  #answer(slot: number): void {
    const rejected = this.#rejected[slot] === true;
    if (!rejected) this.#inService--;
    this.#answeredMs[slot] = this.#nowMs;
    const { clientCpuMs } = this.#model;
    if (clientCpuMs === undefined || rejected) return this.#release(slot);
    this.#cpuFreeMs = Math.max(this.#cpuFreeMs, this.#nowMs) + clientCpuMs;
    this.#cpuMs += clientCpuMs;
    this.#heap.push(this.#cpuFreeMs, 2 * slot + 1);
  }

  #release(slot: number): void {
    const bin = Math.floor(this.#nowMs / binMs);
    const rejected = this.#rejected[slot] === true;
    const startMs = this.#startMs[slot] as number;
    const endMs = this.#answeredMs[slot] as number;
    const { done, rejected: lost, latencyMs } = this.timeline;
    if (rejected) lost[bin] = (lost[bin] as number) + 1;
    else {
      done[bin] = (done[bin] as number) + 1;
      latencyMs[bin] = (latencyMs[bin] as number) + endMs - startMs;
    }
    this.#fly();
    this.#inFlight--;
    this.#free.push(slot);
    this.#contender.ended(
      startMs,
      endMs,
      this.#nowMs,
      this.#epoch[slot] as number,
      rejected,
      this.#inFlight + 1,
      this.#flownMs,
    );
  }

  #fly(): void {
    this.#flownMs += this.#inFlight * (this.#nowMs - this.#flownUntilMs);
    this.#flownUntilMs = this.#nowMs;
  }
}

/** A limit that stays as it is. */
export function fixedContender(limit: number): Contender {
  return { limit, epoch: 0, waitMs: () => 0, started: () => {}, ended: () => {} };
}
