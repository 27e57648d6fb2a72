import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { outcomeOf, overlap, start } from "../cli.ts";
import { parseLines, readLines, tempFolder, writeLines } from "./folder.ts";
import { serve } from "./web.ts";

interface Row {
  readonly url: string;
  readonly ok: boolean;
  readonly status: number | null;
  readonly bytes: number;
  readonly ms: number;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly body?: string;
}

describe("overlap fetch", () => {
  it("prints a line for each URL of a file, and passes over blank lines and comments", async () => {
    const web = await serve((request, response) => response.end(`this is ${request.url}`));
    const file = await writeLines(await tempFolder(), [
      "# pages",
      `${web.url}/a`,
      "",
      `   ${web.url}/b  `,
      "  # more",
    ]);
    const { code, stdout, stderr } = await overlap("fetch", file);
    const rows = parseLines<Row>(stdout);
    expect(rows.map(({ url }) => url).sort()).toEqual([`${web.url}/a`, `${web.url}/b`]);
    expect(Object.keys(rows[0] ?? {})).toEqual(["url", "ok", "status", "bytes", "ms", "attempts", "error"]);
    expect(rows[0]).toMatchObject({ ok: true, status: 200, bytes: 10, attempts: 1, error: null });
    expect(stderr).toMatch(/^2 URLs in .*: 2 ok, 0 failed/);
    expect(code).toBe(0);
  });

  it("makes a line of everything that goes wrong, and exits 1", async () => {
    const web = await serve((request, response) => {
      if (request.url === "/cut") response.writeHead(200, { "content-length": "10" }).write("abc");
      if (request.url === "/cut") setImmediate(() => response.destroy());
      else response.writeHead(request.url === "/lost" ? 404 : 200).end("page");
    });
    const urls = [
      `${web.url}/good`,
      `${web.url}/lost`,
      `${web.url}/cut`,
      "no URL at all",
      "ftp://127.0.0.1/x",
    ];
    const file = await writeLines(await tempFolder(), urls);
    const { code, stdout, stderr } = await overlap("fetch", file, "--retries", "1");
    const rows = new Map(parseLines<Row>(stdout).map((row) => [row.url, row]));
    const told = urls.map((url) => [
      rows.get(url)?.status,
      rows.get(url)?.error?.code,
      rows.get(url)?.attempts,
    ]);
    expect(told).toEqual([
      [200, undefined, 1],
      [404, "HTTP_404", 1],
      [200, "OVERLAP_HTTP_CONNECTION_LOST", 2],
      [null, "OVERLAP_HTTP_INVALID_REQUEST", 0],
      [null, "OVERLAP_HTTP_INVALID_REQUEST", 0],
    ]);
    expect(stderr).toContain("1 ok, 4 failed");
    expect(stderr).toContain("2 INVALID_REQUEST, 1 HTTP_404, 1 CONNECTION_LOST");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  it.skipIf(process.platform !== "linux")(
    "says that a report folder cannot be made, before it fetches",
    async () => {
      const { code, stderr } = await overlap("fetch", "http://127.0.0.1/", "--report", "/proc/report");
      expect(stderr).toContain("cannot write to the report folder /proc/report");
      expect(code).toBe(1);
    },
  );

  it("takes what is no URL among arguments that are for a URL that is bad", async () => {
    const web = await serve((_, response) => response.end("page"));
    const { code, stdout } = await overlap("fetch", `${web.url}/a`, "nonsense");
    const rows = parseLines<Row>(stdout);
    expect(new Map(rows.map(({ url, ok }) => [url, ok]))).toEqual(
      new Map([
        [`${web.url}/a`, true],
        ["nonsense", false],
      ]),
    );
    expect(code).toBe(1);
  });

  it("prints the summary as one JSON document with --json, and nothing else on stdout", async () => {
    const web = await serve((_, response) => response.end("12345"));
    const urls = Array.from({ length: 20 }, (_, i) => `${web.url}/${i}`);
    const { code, stdout, stderr } = await overlap("fetch", ...urls, "nothing://", "--json", "--quiet");
    const { wallMs, requestsPerSecond, p50Ms, p99Ms, ...rest } = JSON.parse(stdout) as Record<string, number>;
    expect(rest).toEqual({
      items: 21,
      ok: 20,
      failed: 1,
      bytes: 100,
      retries: 0,
      errors: { OVERLAP_HTTP_INVALID_REQUEST: 1 },
    });
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms as number);
    expect((requestsPerSecond as number) * (wallMs as number)).toBeGreaterThan(20_000);
    expect(stderr).toBe("");
    expect(code).toBe(1);
  });

  it("fetches 1,000 URLs with never more in flight than it may", async () => {
    const web = await serve((_, response) => setTimeout(() => response.end("page"), 5));
    const urls = Array.from({ length: 1_000 }, (_, i) => `${web.url}/${i}`);
    const folder = await tempFolder();
    const file = await writeLines(folder, urls);
    const out = join(folder, "out.ndjson");
    const { code, stdout } = await overlap("fetch", file, "--concurrency", "50", "--out", out);
    expect(code).toBe(0);
    expect(stdout).toBe("");
    expect((await readLines<Row>(out)).map(({ url }) => url).sort()).toEqual(urls.sort());
    expect(new Set(web.seen).size).toBe(1_000);
    expect(web.mostAtOnce).toBeLessThanOrEqual(50);
    expect(web.mostAtOnce).toBeGreaterThan(25);
  });

  it("keeps to --per-host, and lets other hosts go on", async () => {
    const [slow, fast] = [await serve(() => {}), await serve((_, response) => response.end())];
    const urls = [...Array(50).fill(`${slow.url}/x`), ...Array(50).fill(`${fast.url}/x`)];
    const file = await writeLines(await tempFolder(), urls);
    const child = start(["fetch", file, "--concurrency", "10", "--per-host", "2"]);
    const outcome = outcomeOf(child);
    await fast.arrived(50);
    expect(slow.mostAtOnce).toBe(2);
    child.kill("SIGKILL");
    await outcome;
  });

  it("reads URLs from stdin as they come, and prints each line when it is known", async () => {
    const web = await serve((_, response) => response.end());
    const child = start(["fetch"], { stdin: "pipe" });
    const outcome = outcomeOf(child);
    const input = child.stdin as Writable; // a pipe, as asked for
    input.write(`${web.url}/first\n`);
    await web.arrived(1);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    input.end(`${web.url}/second`);
    const { code, stdout } = await outcome;
    expect(parseLines<Row>(stdout).map(({ url }) => url)).toEqual([`${web.url}/first`, `${web.url}/second`]);
    expect(code).toBe(0);
  });

  it("sends the method, the headers and the data it is given", async () => {
    const requests: unknown[] = [];
    const web = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { "x-a": a, "x-b": b, "content-type": type } = request.headers;
        requests.push([request.method, a, b, type, body]);
        response.end();
      });
    });
    const folder = await tempFolder();
    await writeFile(join(folder, "body.json"), '{"n":1}');
    const url = `${web.url}/`;
    const headers = ["--header", "X-A: one", "--header", "x-a:two", "--header", "X-B: c: d"];
    expect((await overlap("fetch", url, ...headers, "--data", "plain")).code).toBe(0);
    const json = ["--header", "content-type: application/json", "--data", `@${join(folder, "body.json")}`];
    expect((await overlap("fetch", url, "--method", "put", ...json)).code).toBe(0);
    expect(requests).toEqual([
      ["POST", "one, two", "c: d", "text/plain;charset=utf-8", "plain"],
      ["PUT", undefined, undefined, "application/json", '{"n":1}'],
    ]);
  });

  it("puts the body into the line with --body, decoded as it says", async () => {
    const web = await serve((_, response) =>
      response
        .setHeader("content-type", "text/plain; charset=iso-8859-1")
        .end(Buffer.from("caf\xe9", "latin1")),
    );
    const { stdout } = await overlap("fetch", web.url, "--body");
    expect(parseLines<Row>(stdout)[0]).toMatchObject({ body: "café", bytes: 4 });
  });

  it("writes a table when the name of --out ends in .csv", async () => {
    const web = await serve((request, response) =>
      response.writeHead(request.url === "/a" ? 200 : 500).end('with "quotes", and\nlines'),
    );
    const out = join(await tempFolder(), "out.CSV");
    const urls = [`${web.url}/a`, `${web.url}/b`];
    await overlap("fetch", ...urls, "--out", out, "--body", "--retries", "0", "--concurrency", "1");
    await overlap("fetch", `${web.url}/a`, "--out", out, "--body");
    const [header, first, , second] = (await readFile(out, "utf8")).split("\n");
    expect(header).toBe("url,ok,status,bytes,ms,attempts,errorCode,errorMessage,body");
    expect(first).toMatch(/\/a,true,200,24,[\d.]+,1,,,"with ""quotes"", and$/);
    expect(second).toMatch(/\/b,false,500,24,[\d.]+,1,HTTP_500,.*\/b answered 500,/);
    expect((await readFile(out, "utf8")).match(/^url,/gm)).toHaveLength(1);
  });

  it("tries again what may pass, and counts it", async () => {
    let requests = 0;
    const web = await serve((_, response) => response.writeHead(++requests < 3 ? 503 : 200).end());
    const { code, stdout, stderr } = await overlap("fetch", web.url);
    expect(parseLines<Row>(stdout)[0]).toMatchObject({ ok: true, attempts: 3 });
    expect(stderr).toContain("2 sent again");
    expect(code).toBe(0);
  });

  it("asks again for answers whose body broke off, as far as the budget for retries goes", async () => {
    const seen = new Set<string>();
    const web = await serve((request, response) => {
      const path = request.url as string; // every request has one
      if (seen.has(path)) return response.end("whole");
      seen.add(path);
      response.writeHead(200, { "content-length": "5" }).write("wh");
      return setImmediate(() => response.destroy());
    });
    const file = await writeLines(
      await tempFolder(),
      Array.from({ length: 400 }, (_, i) => `${web.url}/${i}`),
    );
    const { code, stdout } = await overlap("fetch", file, "--concurrency", "2", "--json");
    const { items, ok, retries, bytes } = JSON.parse(stdout) as Record<string, number>;
    expect([items, retries, bytes]).toEqual([400, ok, (ok as number) * 5]);
    expect(ok).toBeGreaterThanOrEqual(90); // ten, and one for every five requests
    expect(ok).toBeLessThan(150);
    expect(code).toBe(1);
  });

  it("gives up an attempt after --timeout, also in the middle of a body", async () => {
    const web = await serve((_, response) => response.writeHead(200).write("the beginning"));
    const { code, stdout } = await overlap("fetch", web.url, "--timeout", "100", "--retries", "0");
    const [row] = parseLines<Row>(stdout);
    expect(row).toMatchObject({ ok: false, status: 200, error: { code: "OVERLAP_HTTP_TIMEOUT_TOTAL" } });
    expect(row?.ms).toBeGreaterThanOrEqual(95);
    const silent = await serve(() => {});
    const answerless = await overlap("fetch", silent.url, "--timeout", "100", "--retries", "0");
    const [late] = parseLines<Row>(answerless.stdout);
    expect(late).toMatchObject({ status: null, error: { code: "OVERLAP_HTTP_TIMEOUT_TOTAL" } });
    expect(late?.ms).toBeGreaterThanOrEqual(95);
    expect(code).toBe(1);
  });

  it("refuses addresses that are not public with --public-only", async () => {
    const web = await serve((_, response) => response.end());
    const { stdout } = await overlap("fetch", web.url, "--public-only");
    expect(parseLines<Row>(stdout)[0]?.error?.code).toBe("OVERLAP_HTTP_ADDRESS_REFUSED");
    expect(web.seen).toEqual([]);
  });

  it("starts no more than --rate requests a second", async () => {
    const web = await serve((_, response) => response.end());
    const urls = Array.from({ length: 6 }, (_, i) => `${web.url}/${i}`);
    const { stdout } = await overlap("fetch", ...urls, "--rate", "20", "--json");
    expect((JSON.parse(stdout) as { wallMs: number }).wallMs).toBeGreaterThanOrEqual(245);
  });

  it.each([
    [["fetch", "--header", "nonsense", "http://127.0.0.1/"], 'Expected "name: value"'],
    [["fetch", "--method", "G T", "http://127.0.0.1/"], "Expected a method"],
    [["fetch", "--timeout", "0", "http://127.0.0.1/"], "Expected milliseconds above 0"],
    [["fetch", "--out", "rows.txt", "http://127.0.0.1/"], "ends in .ndjson, .jsonl, .csv"],
    [["fetch", "--resume", "http://127.0.0.1/"], "--resume needs --journal"],
    [["fetch", "--journal", "done.db", "http://127.0.0.1/"], "--journal needs a file of URLs"],
    [["fetch", "--data", "@/no/such/file", "http://127.0.0.1/"], "cannot read --data"],
    [["fetch", "/no/such/file"], "cannot read /no/such/file: there is no such file"],
    [["fetch", "a.txt", "b.txt"], "expected URLs, or one file of them, got a.txt b.txt"],
    [["fetch", "/"], "it is a folder"],
  ])("refuses %j with one clear message and exit code 2", async (args, expected) => {
    const { code, stdout, stderr } = await overlap(...args);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
