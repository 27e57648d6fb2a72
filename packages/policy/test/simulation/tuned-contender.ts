import { Controller } from "../../src/tuning/controller.ts";
import type { Decision } from "../../src/tuning/decision.ts";
import { Pacer } from "../../src/tuning/pacer.ts";
import type { Contender, Simulation } from "./simulate.ts";

/** Overlap's own controller. */
export class TunedContender implements Contender {
  readonly #controller: Controller;
  readonly #pacer = new Pacer();
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

  waitMs(nowMs: number): number {
    this.#pacer.setRate(this.#controller.perSecond);
    return this.#pacer.waitMs(nowMs);
  }

  started(nowMs: number): void {
    this.#pacer.take(nowMs);
  }

  ended(
    startMs: number,
    endMs: number,
    nowMs: number,
    epoch: number,
    rejected: boolean,
    inFlight: number,
    flownMs: number,
  ): void {
    this.#controller.sample(startMs, endMs, nowMs, epoch, rejected ? "overload" : "ok", inFlight, flownMs);
  }
}
