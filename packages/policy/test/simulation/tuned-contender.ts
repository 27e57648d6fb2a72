import { Controller, type Decision } from "../../src/tuning/controller.ts";
import type { Contender, Simulation } from "./simulate.ts";

/** Overlap's own controller. */
export class TunedContender implements Contender {
  readonly #controller: Controller;
  readonly decisions: Decision[] = [];

  constructor(simulation: Simulation, start: number) {
    this.#controller = new Controller({
      min: 1,
      max: 1_000,
      start,
      busyMs: () => simulation.cpuMs,
      onDecision: (decision) => this.decisions.push(decision),
    });
  }

  get limit(): number {
    return this.#controller.limit;
  }

  get epoch(): number {
    return this.#controller.epoch;
  }

  waitMs(_nowMs: number): number {
    return 0;
  }

  started(_nowMs: number): void {}

  ended(
    startMs: number,
    endMs: number,
    nowMs: number,
    epoch: number,
    rejected: boolean,
    inFlight: number,
  ): void {
    this.#controller.sample(startMs, endMs, nowMs, epoch, rejected ? "overload" : "ok", inFlight);
  }
}
