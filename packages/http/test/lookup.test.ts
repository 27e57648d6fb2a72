import type { ResolvedAddress } from "@overlap/http";
import { expect, test } from "vitest";
import { answerRequests } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const loopback: readonly ResolvedAddress[] = [{ address: "127.0.0.1", family: 4 }];

async function startNamed(name: string): Promise<string> {
  const url = await answerRequests((_, response) => response.setHeader("connection", "close").end("x"));
  return url.replace("127.0.0.1", name);
}

test("asks for a name once, for all who need it at the same time and for a while after", async () => {
  const asked: string[] = [];
  const lookup = async (hostname: string) => {
    asked.push(hostname);
    return loopback;
  };
  const session = openSession({ lookup });
  const [a, b] = [await startNamed("a.test"), await startNamed("b.test")];
  for (const answer of [session.get(a), session.get(b), session.get(a), session.get(a)]) await answer;
  await session.get(a);
  expect(asked).toEqual(["a.test", "b.test"]);
});

test("asks again when it has been too long", async () => {
  let asked = 0;
  const lookup = async () => {
    asked++;
    return loopback;
  };
  const session = openSession({ lookup, lookupCacheMs: 0 });
  const url = await startNamed("a.test");
  await session.get(url);
  await session.get(url);
  expect(asked).toBe(2);
});

test("remembers that there is no such name, too, for a shorter while", async () => {
  let asked = 0;
  const lookup = async () => {
    asked++;
    throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  };
  const session = openSession({ lookup });
  const failures = Array.from({ length: 10 }, () => failureOf(session.get("http://nowhere.test/")));
  for (const failure of failures) expect((await failure).code).toBe("OVERLAP_HTTP_CONNECT");
  expect(asked).toBe(1);
  const forgetful = openSession({ lookup, lookupFailureCacheMs: 0 });
  await failureOf(forgetful.get("http://nowhere.test/"));
  await failureOf(forgetful.get("http://nowhere.test/"));
  expect(asked).toBe(3);
});

test.each<[string, () => Promise<readonly ResolvedAddress[]>, string]>([
  ["gives no address", async () => [], "no such host"],
  ["rejects with no error", () => Promise.reject("nope"), "nope"],
  [
    "throws at once",
    () => {
      throw new Error("broken");
    },
    "broken",
  ],
])("fails like any connection when a look-up %s", async (_, lookup, why) => {
  const failure = await failureOf(openSession({ lookup }).get("http://a.test/"));
  expect(failure.message).toBe(`could not connect to a.test:80: ${why}`);
});

test("tries every address of a name", async () => {
  const url = await startNamed("a.test");
  const lookup = async (): Promise<readonly ResolvedAddress[]> => [
    { address: "::1", family: 6 },
    ...loopback,
  ];
  expect((await openSession({ lookup }).get(url)).status).toBe(200);
});

test("asks the system when it is not told whom else", async () => {
  const url = await startNamed("localhost");
  expect((await openSession().get(url)).status).toBe(200);
});

test("never looks up what is an address already", async () => {
  const url = await answerRequests((_, response) => response.end());
  const lookup = () => Promise.reject(new Error("was asked"));
  expect((await openSession({ lookup }).get(url)).status).toBe(200);
});
