/** The places 0 … size-1 ordered by time, equal times in order of place; already ordered input costs one pass. */
export function timeOrder(size: number, timeMs: (place: number) => number): Uint32Array {
  const times = Float64Array.from({ length: size }, (_, place) => timeMs(place));
  const places = Uint32Array.from({ length: size }, (_, place) => place);
  if (times.every((time, place) => place === 0 || (times[place - 1] ?? 0) <= time)) return places;
  return places.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
}
