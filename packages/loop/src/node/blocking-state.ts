/*
 * The shared words between a thread that answers and one that really waits. The second never sees events while it
 * waits, so also that the thread has ended must be written here.
 */

/** Index of the word that is waited on: one of the three states below. */
export const stateWord = 0;
/** Index of the exit code, once the thread has ended. */
export const exitCodeWord = 1;
/** Index of the word that is 1 once the thread has started. */
export const startedWord = 2;

/** A call is under way. */
export const WAITING = 0;
/** No call is under way: the answer, if there was one, lies in the port. */
export const ANSWERED = 1;
/** The thread has ended. */
export const ENDED = 2;

/** For one thread. */
export function createBlockingState(): Int32Array<SharedArrayBuffer> {
  const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  state[stateWord] = ANSWERED;
  return state;
}

/** Called on the thread: wakes who waits. */
export function wakeCaller(state: Int32Array, to: typeof ANSWERED | typeof ENDED): void {
  Atomics.store(state, stateWord, to);
  Atomics.notify(state, stateWord);
}
