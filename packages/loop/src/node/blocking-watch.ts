/** Calls `call` and may take note of it. */
export type BlockingWatch = <T>(name: string, call: () => T) => T;

let watch: BlockingWatch | null = null;

/** Makes a call that blocks this thread; `guardBlockingCalls` sees it as one call of this name. */
export function callBlocking<T>(name: string, call: () => T): T {
  return watch === null ? call() : watch(name, call);
}

/** Who sees these calls from now on; `null` for nobody. */
export function setBlockingWatch(next: BlockingWatch | null): void {
  watch = next;
}
