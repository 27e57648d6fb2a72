import { currentLoop, Future, sleep } from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import {
  type HttpPostOptions,
  httpPost,
  type ItemOutcome,
  type PostResponse,
  type PostSession,
  pipeline,
} from "../src/index.ts";

type Sent = Parameters<PostSession["post"]>[1] & { readonly atMs: number };

/** A session whose answers are scripted: a status for each request, 200 when the script is over. */
function scripted(...statuses: (number | Partial<PostResponse>)[]) {
  const sent: Sent[] = [];
  const session: PostSession = {
    post: async (_url, options) => {
      sent.push({ ...options, atMs: currentLoop().now() });
      await sleep(10);
      const next = statuses.shift() ?? 200;
      const status = typeof next === "number" ? next : (next.status ?? 200);
      const fields = typeof next === "number" ? {} : next;
      return { status, ok: status < 300, headers: {}, json: async () => null, ...fields };
    },
  };
  return { session, sent };
}

const url = "http://127.0.0.1:9/rows";
const sink = (options: HttpPostOptions<unknown>) => httpPost<unknown>(url, options);

describe("httpPost", () => {
  it("sends each item with its idempotency key, as JSON or as it is", async () => {
    const { session, sent } = scripted();
    await runVirtual(async () => {
      await pipeline([{ a: 1 }, "text", new Uint8Array([1])], { key: (x) => `key of ${typeof x}` })
        .to(sink({ session, headers: { "x-more": "1" } }), { concurrency: 1 })
        .run();
    });
    expect(sent).toMatchObject([
      {
        body: '{"a":1}',
        headers: { "content-type": "application/json", "Idempotency-Key": "key of object", "x-more": "1" },
      },
      { body: "text", headers: { "content-type": "text/plain" } },
      { body: new Uint8Array([1]), headers: { "content-type": "application/octet-stream" } },
    ]);
  });

  it("sends a batch together, as a JSON array or as lines, with a key of its own", async () => {
    for (const [batch, body, type] of [
      ["json", "[1,2,3]", "application/json"],
      ["ndjson", "1\n2\n3\n", "application/x-ndjson"],
    ] as const) {
      const { session, sent } = scripted();
      await runVirtual(async () => {
        await pipeline([1, 2, 3]).batch({ items: 3 }).to(sink({ session, batch })).run();
      });
      expect(sent).toMatchObject([
        {
          body,
          headers: { "content-type": type, "Idempotency-Key": expect.stringMatching(/^0\.\.2#[\w-]{22}$/) },
        },
      ]);
    }
  });

  it("gives another key to what is left of a batch, so that nobody takes it for the whole", async () => {
    const lossy = scripted();
    await runVirtual(async () => {
      const outcomes = async (_: unknown, rows: readonly unknown[]): Promise<ItemOutcome[]> =>
        rows.map((row) =>
          row === 2 || lossy.sent.length > 1 ? { ok: true } : { ok: false, error: new Error("no") },
        );
      await pipeline([1, 2, 3])
        .batch({ items: 3 })
        .to(sink({ session: lossy.session, batch: "json", outcomes }), {
          retry: { attempts: 2, baseDelayMs: 0 },
        })
        .run();
    });
    expect(lossy.sent.map(({ body }) => body)).toEqual(["[1,2,3]", "[1,3]"]);
    const [whole, rest] = lossy.sent.map(({ headers }) => headers["Idempotency-Key"]);
    expect(rest).not.toBe(whole);
  });

  it("sends the members of a batch one by one, at once, when they can't share a request", async () => {
    const { session, sent } = scripted();
    await runVirtual(async () => {
      await pipeline(["a", "b"]).batch({ items: 2 }).to(sink({ session })).run();
      expect(currentLoop().now()).toBe(10);
    });
    expect(sent.map(({ body, headers }) => [body, headers["Idempotency-Key"]])).toEqual([
      ["a", "0"],
      ["b", "1"],
    ]);
  });

  it("tries again after a status that says not now, for as long as it asks, and with the same key", async () => {
    const { session, sent } = scripted({ status: 503, headers: { "retry-after": "2" } }, 429, 200);
    await runVirtual(async () => {
      const summary = await pipeline(["a"])
        .to(sink({ session }), { retry: { attempts: 3, baseDelayMs: 0 } })
        .run();
      expect(summary).toMatchObject({ delivered: 1, retries: 2 });
    });
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 2_010, 2_020]);
    expect(new Set(sent.map(({ headers }) => headers["Idempotency-Key"])).size).toBe(1);
  });

  it("does not try again what is refused for good", async () => {
    const { session, sent } = scripted(404);
    await runVirtual(async () => {
      const run = pipeline(["a"])
        .to(sink({ session }), { retry: { attempts: 3 } })
        .run();
      await expect(run).rejects.toMatchObject({
        message: `stage "httpPost" failed: ${url} answered 404`,
        cause: { code: "OVERLAP_PIPELINE_POST_REFUSED", status: 404 },
      });
    });
    expect(sent).toHaveLength(1);
  });

  it("sends only those rows again that the answer says were not saved", async () => {
    const { session, sent } = scripted({ json: async () => ["ok", "busy", "ok"] });
    await runVirtual(async () => {
      const summary = await pipeline(["a", "b", "c"])
        .batch({ items: 3 })
        .to(
          sink({
            session,
            batch: "json",
            outcomes: async (response, rows) => {
              const said = ((await response.json()) ?? rows.map(() => "ok")) as string[];
              return said.map((word) =>
                word === "ok" ? { ok: true } : { ok: false, error: new Error(word) },
              );
            },
          }),
          { retry: { attempts: 2, baseDelayMs: 0 } },
        )
        .run();
      expect(summary).toMatchObject({ delivered: 3, retries: 1 });
    });
    expect(sent.map(({ body }) => body)).toEqual(['["a","b","c"]', '["b"]']);
  });

  it("withdraws what is in flight when the run is aborted", async () => {
    const requests: Future<never>[] = [];
    const session: PostSession = {
      post: () => {
        const request = new Future<never>();
        requests.push(request);
        return request;
      },
    };
    await runVirtual(async () => {
      const stop = new AbortController();
      const run = pipeline([1, 2, 3]).to(sink({ session })).run({ signal: stop.signal });
      await sleep(1);
      stop.abort(new Error("enough"));
      await expect(run).rejects.toThrow("enough");
      expect(currentLoop().now()).toBe(1);
    });
    expect(requests.map((request) => request.cancelled)).toEqual([true, true, true]);
  });
});
