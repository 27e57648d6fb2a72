/** Numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The generator mulberry32 (Tommy Ettinger, 2017, public domain): 32 bits of state, the same numbers for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
