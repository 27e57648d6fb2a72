/** Numbers that all threads see. */
export function sharedWords(count = 3): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

/** Resolves as soon as a thread has made word `index` something else than `value`. */
export async function changed(words: Int32Array<SharedArrayBuffer>, index: number, value = 0): Promise<void> {
  await Atomics.waitAsync(words, index, value).value;
}

/** Sets word `index` for all threads and wakes those that wait for it. */
export function setWord(words: Int32Array, index: number, value: number): void {
  Atomics.store(words, index, value);
  Atomics.notify(words, index);
}
