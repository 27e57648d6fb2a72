/** Found out by hand: what takes 20 µs on the machine of the committed results. What counts is the CPU time that the same run measures. */
const turns = 13_000;

/**
 * About 20 µs of arithmetic, on any thread: the generator xorshift (Marsaglia 2003), whose steps are as fast in each tier of V8. With
 * `Math.imul` one would measure whether a thread has come to the last tier, which makes four times the difference.
 */
export function burn(seed: number): number {
  let state = seed | 1;
  for (let i = 0; i < turns; i++) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
  }
  return state;
}
