/** What a heavy endpoint computes: some tens of milliseconds of nothing but CPU. */
export function heavySum(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum = (sum + Math.sqrt(i)) % 1_000_003;
  return Math.round(sum);
}
