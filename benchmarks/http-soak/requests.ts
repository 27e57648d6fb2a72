import { HttpError, type HttpResponse, type RequestOptions, type Session } from "@overlap/http";
import { CancelledError, type Future } from "@overlap/loop";
import { type Fault, faults } from "../../packages/http/test/fault-rows.ts";
import type { Random } from "./random.ts";

/** A request and what may come of it. */
interface Plan {
  readonly request: RequestOptions;
  /** Throws when it should have failed, or answered otherwise. */
  readonly check: (answer: HttpResponse) => Promise<void>;
  /** Throws when it should not have failed so. */
  readonly expect: (error: HttpError) => void;
}

const hosts = 40;

/** Sends one, cancels it or fires its signal now and then, and says what came of it. */
export async function sendOne(session: Session, port: number, random: Random): Promise<string> {
  const plan = planOne(port, random);
  const abort = random.below(2) === 0 ? new AbortController() : null;
  const answer = session.request({ ...plan.request, signal: abort?.signal });
  const cancelling = random.below(10) === 0 ? endSoon(answer, abort, random.below(30)) : undefined;
  try {
    await plan.check(await answer);
    return "good";
  } catch (error) {
    if (cancelling !== undefined && (error instanceof CancelledError || error === notNeeded))
      return "cancelled";
    if (!(error instanceof HttpError)) throw error;
    plan.expect(error);
    return error.code.replace("OVERLAP_HTTP_", "");
  } finally {
    clearTimeout(cancelling);
  }
}

const notNeeded = new Error("not needed");

function endSoon(
  answer: Future<HttpResponse>,
  abort: AbortController | null,
  afterMs: number,
): NodeJS.Timeout {
  return setTimeout(() => (abort === null ? answer.cancel() : abort.abort(notNeeded)), afterMs);
}

function planOne(port: number, random: Random): Plan {
  const lot = random.below(100);
  const origin = `http://127.0.1.${1 + random.below(hosts)}:${port}`;
  if (lot < 50) return planGood(`${origin}/good/${random.below(4) === 0 ? 100_000 : 100}`, random);
  if (lot < 65) return planGood(`${origin}/slow/${random.below(40)}`, random);
  if (lot < 75) return planGood(`${origin}/close`, random);
  if (lot < 80) return planGood(`${origin}/reset`, random);
  if (lot < 85) return planStalled(`http://127.0.2.1:${port}/stalled`);
  const index = random.below(faults.length);
  return planFault(`http://127.0.3.${index}:${port}/`, faults[index] as Fault); // index is below the length
}

/** Nothing goes wrong with it, whatever goes wrong around it. */
function planGood(url: string, random: Random): Plan {
  const stream = random.below(5) === 0;
  return {
    request: { url, stream },
    check: async (answer) => {
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
      if (stream && random.below(2) === 0) return answer.close();
      await answer.bytes();
    },
    expect: (error) => {
      throw error;
    },
  };
}

function planStalled(url: string): Plan {
  return {
    request: { url, timeoutMs: 50 },
    check: refuse(url),
    expect: expectCode("OVERLAP_HTTP_TIMEOUT_TOTAL"),
  };
}

function planFault(url: string, { name, expected, method = "GET", options }: Fault): Plan {
  const request = { url, method, ...options };
  if (typeof expected === "string") return { request, check: refuse(name), expect: expectCode(expected) };
  return {
    request,
    check: async (answer) => {
      const got = [answer.status, await answer.text()].join();
      if (got !== expected.join()) throw new Error(`${name} answered ${got}`);
    },
    expect: (error) => {
      throw error;
    },
  };
}

function refuse(name: string): Plan["check"] {
  return async ({ status }) => {
    throw new Error(`${name} answered ${status}`);
  };
}

function expectCode(code: string): Plan["expect"] {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
