/* What turns while something slow goes on. The thread loads this file too, so it imports little. */
import { writeSync } from "node:fs";
import { sharedNow } from "@overlap/trace";

const shapes = ["|", "/", "-", "\\"];

/** How a spinner looks and how often it moves. */
export interface SpinnerLook {
  /** The file descriptor of a terminal; left out where there is none, and nothing is drawn. */
  readonly terminal?: number;
  readonly text: string;
  readonly frameMs: number;
}

/** Draws one frame; gives when it did. */
export function drawFrame({ terminal, text }: SpinnerLook, frame: number): number {
  if (terminal !== undefined) writeSync(terminal, `\r${shapes[frame % shapes.length]} ${text}`);
  return sharedNow();
}

/** Takes the spinner away. */
export function clearSpinner({ terminal, text }: SpinnerLook): void {
  if (terminal !== undefined) writeSync(terminal, `\r${" ".repeat(text.length + 2)}\r`);
}

/**
 * Turns on a thread until the flag is set: a thread cannot be stopped from outside, so it has to look.
 *
 * @param stop the flag, and behind it a place where the thread says that it has begun
 *
 * @returns when each frame was drawn
 */
export function spinUntilFlag(look: SpinnerLook, stop: Int32Array): number[] {
  const frames = [drawFrame(look, 0)];
  Atomics.store(stop, 1, 1);
  while (Atomics.wait(stop, 0, 0, look.frameMs) === "timed-out") frames.push(drawFrame(look, frames.length));
  clearSpinner(look);
  return frames;
}
