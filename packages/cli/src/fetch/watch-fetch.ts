import { createStatusLine } from "../status-line.ts";
import { progressText } from "./fetch-text.ts";
import type { FetchProgress } from "./run-fetch.ts";
import type { UrlSource } from "./url-source.ts";

/** Shows how far a run is, until it is disposed of. */
export interface FetchWatch extends Disposable {
  /** Told from time to time. */
  readonly onProgress: (progress: FetchProgress) => void;
}

/** Begins to watch; how many URLs there are is found out meanwhile. */
export function watchFetch(source: UrlSource): FetchWatch {
  const startMs = performance.now();
  const status = createStatusLine();
  const counting = new AbortController();
  let count: number | null = null;
  source.count(counting.signal).then(
    (found) => {
      count = found;
    },
    () => {}, // the line goes without the time that is left; the run reads the same file, and reports
  );
  return {
    onProgress: (progress) => {
      status.update(() => progressText(progress, performance.now() - startMs, count));
    },
    [Symbol.dispose]() {
      counting.abort();
      status[Symbol.dispose]();
    },
  };
}
