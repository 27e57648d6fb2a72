import { randomWord, seededRandom } from "../database/random.ts";

const letters = 10;

/** `count` different random strings of ten letters; the same seed gives the same strings. */
export function randomTexts(count: number, seed: number): string[] {
  const random = seededRandom(seed, "text");
  const texts = new Set<string>();
  while (texts.size < count) texts.add(randomWord(random, letters));
  return [...texts];
}
