import { HttpError, type HttpResponse, Session, type SessionOptions } from "@overlap/http";
import type { Future } from "@overlap/loop";
import { expect, onTestFinished } from "vitest";

/** A session that is disposed when the test ends. */
export function openSession(options?: SessionOptions): Session {
  const session = new Session(options);
  onTestFinished(() => session[Symbol.asyncDispose]());
  return session;
}

/** What a request fails with, which must be an error of the package. */
export async function failureOf(request: Future<HttpResponse>): Promise<HttpError> {
  const error: unknown = await request.then(
    (response) => expect.fail(`it answered ${response.status}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HttpError)) throw error;
  return error;
}

/** What a heavy computation does to the event loop. */
export function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
