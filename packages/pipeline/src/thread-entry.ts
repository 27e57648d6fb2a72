/** What a pool thread is asked to do. */
export interface ThreadRequest {
  readonly url: string;
  readonly exportName: string;
  readonly item: unknown;
}

/** What it answers. Times are milliseconds since the epoch, on the clock that all threads share. */
export interface ThreadAnswer {
  readonly startMs: number;
  readonly endMs: number;
  /** `missing`: the export is no function. `failed`: the function threw `value`. */
  readonly outcome: "done" | "failed" | "missing";
  readonly value: unknown;
}

type Callable = (item: unknown) => unknown;

/** The module that every pool thread loads: it loads the user's module once and calls its function for each item. */
export async function callThreadFunction({ url, exportName, item }: ThreadRequest): Promise<ThreadAnswer> {
  const fn = ((await import(url)) as Record<string, Callable | undefined>)[exportName];
  const startMs = now();
  if (typeof fn !== "function") return { startMs, endMs: startMs, outcome: "missing", value: undefined };
  try {
    const value = await fn(item);
    return { startMs, endMs: now(), outcome: "done", value };
  } catch (value) {
    return { startMs, endMs: now(), outcome: "failed", value: cloneable(value) };
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Errors cross threads with name, message, stack and cause; own properties have to be carried by hand. */
function cloneable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { error, name: error.name, properties: Object.fromEntries(Object.entries(error)) };
}
