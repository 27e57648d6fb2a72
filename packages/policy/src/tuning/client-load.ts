/** What Node's `performance` has and a browser's does not. */
interface MeasuredLoop {
  eventLoopUtilization?(): { readonly active: number };
}

/** Milliseconds for which this thread's event loop has been busy since it began; 0 where nobody counts them. */
export function eventLoopBusyMs(): number {
  return (performance as MeasuredLoop).eventLoopUtilization?.().active ?? 0;
}
