/** Gives the next number of a seeded sequence, at least 0 and below 1. */
export type Random = () => number;

/** What a draw is for: each purpose has a sequence of its own, so that asking for jitter doesn't change which requests fail. */
export type Purpose = "failure" | "jitter" | "value";

const letters = "abcdefghijklmnopqrstuvwxyz";

/** The sequence of one purpose: the same seed gives the same numbers, on every machine. */
export function seededRandom(seed: number, purpose: Purpose): Random {
  return mulberry32(hash32(`${seed}/${purpose}`));
}

/** A word of lower-case letters, such as `qzvkplmauw`. */
export function randomWord(random: Random, length: number): string {
  let word = "";
  while (word.length < length) word += letters[Math.floor(random() * letters.length)];
  return word;
}

/** FNV-1a, 32 bit: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Mulberry32 of Tommy Ettinger, in the public domain: a full period of 2^32, good enough for faults and jitter. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
