import { Session } from "@overlap/http";
import type { Surroundings } from "./situation.ts";

/** A session that tells the recorder, and a function that makes one request with it. */
export function openRequests(
  { address, recorder }: Surroundings,
  limit: number,
): AsyncDisposable & {
  readonly request: (item: number) => Promise<string>;
} {
  const session = new Session({ limit, trace: recorder });
  return {
    request: async (item) => await (await session.get(`${address}/add?name=item-${item}`)).text(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
