import type { Session } from "@overlap/http";
import type { Coroutine } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { SaveFailedError } from "../errors.ts";
import { hashText } from "./hash-text.ts";
import type { HashWork } from "./strategy.ts";

interface WorkOptions
  extends Pick<
    HashWork,
    "texts" | "difficulty" | "concurrency" | "batchSize" | "threads" | "trace" | "saveUrl" | "file"
  > {
  readonly session: Session;
  readonly advance: () => void;
}

/** The work of one run, with its hashing and saving traced. */
export function createHashWork(options: WorkOptions): HashWork {
  const { session, saveUrl, difficulty, trace, advance } = options;

  function* post(text: string, hash: string): Coroutine<void> {
    const response = yield* session.post(saveUrl, { body: `${text} ${hash}` });
    if (!response.ok)
      throw new SaveFailedError(`${saveUrl} answered ${response.status} to a save; see its log`);
    advance();
  }
  return {
    ...options,
    post,
    hash: (text) => traced(trace, "hash", "cpu", () => hashText({ text, difficulty }).hash),
    save: (text, hash) => tracedWait(trace, "save", post(text, hash)),
  };
}

function traced<T>(trace: Trace, lane: string, kind: "cpu", work: () => T): T {
  const startMs = trace.now();
  const result = work();
  trace.span(lane, kind, lane, startMs, trace.now());
  return result;
}

function* tracedWait<T>(trace: Trace, lane: string, work: Coroutine<T>): Coroutine<T> {
  const startMs = trace.now();
  let ok = false;
  try {
    const result = yield* work;
    ok = true;
    return result;
  } finally {
    trace.span(lane, "io", lane, startMs, trace.now(), ok);
  }
}
