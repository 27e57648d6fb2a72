import { type Random, seededRandom } from "../database/random.ts";

const lineBytes = 64;
const wordsPerLine = lineBytes / Int32Array.BYTES_PER_ELEMENT;
const stepsPerSample = 1 << 18;

/**
 * Nanoseconds of one read from a working set of `bytes`: each word holds the index of the next one to read, in another cache line,
 * in random order, so that no read can begin before the one before has ended, and nothing can be fetched ahead. The loop
 * around it and the translation of addresses are part of the figure.
 *
 * @returns one figure a sample
 */
export function chasePointers(bytes: number, samples: number): number[] {
  const next = randomCycle(Math.max(2, Math.floor(bytes / lineBytes)));
  let place = follow(next, 0, Math.min(stepsPerSample, next.length)); // compiles it, and brings it into the caches
  return Array.from({ length: samples }, () => {
    const startMs = performance.now();
    place = follow(next, place, stepsPerSample);
    return ((performance.now() - startMs) * 1e6) / stepsPerSample;
  });
}

function follow(next: Int32Array, start: number, steps: number): number {
  let place = start;
  for (let step = 0; step < steps; step++) place = next[place] as number; // it always is an index
  return place;
}

/** One cycle through all lines (Sattolo's shuffle), so that no part of them is read again and again. */
function randomCycle(lines: number): Int32Array {
  const random: Random = seededRandom(1, "order");
  const order = Int32Array.from({ length: lines }, (_, line) => line);
  for (let i = lines - 1; i > 0; i--) {
    const j = Math.floor(random() * i);
    const line = order[i] as number; // both are within the array
    order[i] = order[j] as number;
    order[j] = line;
  }
  const next = new Int32Array(lines * wordsPerLine);
  for (let line = 0; line < lines; line++) {
    next[line * wordsPerLine] = (order[line] as number) * wordsPerLine;
  }
  return next;
}
