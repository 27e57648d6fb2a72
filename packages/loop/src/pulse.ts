import { afterTurn } from "./turn.ts";

/** How a loop gets its batches run. Virtual time brings one of its own. */
export interface Pulse {
  /** Calls `batch` once, after the native promises that are settled now. */
  soon(batch: () => void): void;
  /** Calls `batch` once, after timers and sockets of the host had their turn. */
  afterTurn(batch: () => void): void;
  /** Nothing is ready any more. */
  idle(): void;
}

const settled = Promise.resolve();

/** Batches through the host's own event loop. */
export const realPulse: Pulse = {
  soon: (batch) => void settled.then(batch),
  afterTurn,
  idle() {},
};
