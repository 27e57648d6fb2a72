import { buffer } from "node:stream/consumers";
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  type InputType,
  zstdCompressSync,
} from "node:zlib";
import type { GetOptions, HttpResponse } from "@overlap/http";
import { expect, test } from "vitest";
import { answerRequests } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const small = "grüß ".repeat(50);
const large = Buffer.from(Uint32Array.from({ length: 500_000 }, (_, i) => (i * 2_654_435_761) >>> 0).buffer);

async function serve(encoding: string | string[], body: Buffer): Promise<string> {
  return await answerRequests((_, response) => {
    response.setHeader("content-encoding", encoding);
    response.end(body);
  });
}

async function readStream(response: HttpResponse): Promise<Buffer> {
  return await buffer(response.stream());
}

/** Not as small as can be, which takes seconds. */
function brotli(body: InputType): Buffer {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

const codings: readonly [encoding: string | string[], compress: (text: InputType) => Buffer][] = [
  ["gzip", (body) => gzipSync(body)],
  ["x-gzip", (body) => gzipSync(body)],
  ["GZIP", (body) => gzipSync(body)],
  ["deflate", (body) => deflateSync(body)],
  ["deflate", (body) => deflateRawSync(body)],
  ["br", brotli],
  ["zstd", (body) => zstdCompressSync(body)],
  ["identity", (body) => Buffer.from(body as Buffer)],
  ["gzip, br", (body) => brotli(gzipSync(body))],
  [["deflate", "zstd"], (body) => zstdCompressSync(deflateSync(body))],
];

for (const [i, [encoding, compress]] of codings.entries()) {
  test(`decompresses ${String(encoding)} (${i}), small and large, whole and as it comes`, async () => {
    const session = openSession();
    for (const body of [Buffer.from(small), large]) {
      const url = await serve(encoding, compress(body));
      const whole = await session.get(url);
      expect(Buffer.compare(Buffer.from(await whole.bytes()), body)).toBe(0);
      const streamed = await session.get(url, { stream: true });
      expect(Buffer.compare(await readStream(streamed), body)).toBe(0);
    }
  });
}

test.each<[string, GetOptions]>([
  ["whole", {}],
  ["as it comes", { stream: true }],
])("leaves an empty body alone: %s", async (_, options) => {
  const session = openSession();
  const head = await session.head(await serve("gzip", gzipSync(small)), options);
  expect(await head.text()).toBe("");
  const empty = await session.get(await serve("gzip", Buffer.alloc(0)), options);
  expect(await empty.text()).toBe("");
});

test("leaves everything alone when it is told to", async () => {
  const body = gzipSync(small);
  const response = await openSession({ decompress: false }).get(await serve("gzip", body));
  expect(Buffer.from(await response.bytes())).toEqual(body);
});

test("gives as many bytes as it may, and not one more", async () => {
  const bytes = 100_000;
  const url = await serve("gzip", gzipSync("x".repeat(bytes)));
  const session = openSession({ maxBodyBytes: bytes });
  expect((await (await session.get(url)).bytes()).byteLength).toBe(bytes);
  const failure = await failureOf(session.get(url, { maxBodyBytes: bytes - 1 }));
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_BODY_TOO_LARGE", attempts: 1 });
  expect(failure.message).toBe(`the body of ${url}/ has more than 99999 bytes decompressed`);
});

test("limits every layer, not only the last", async () => {
  const bomb = brotliCompressSync(gzipSync(Buffer.alloc(20_000_000)));
  const failure = await failureOf(openSession({ maxBodyBytes: 15_000 }).get(await serve("gzip, br", bomb)));
  expect(failure.code).toBe("OVERLAP_HTTP_BODY_TOO_LARGE");
});

test("ends a large body that is being decompressed when the request is cancelled", async () => {
  const url = await serve("gzip", gzipSync(large));
  const session = openSession();
  const requests = Array.from({ length: 5 }, () => session.get(url));
  await requests[0];
  for (const request of requests) request.cancel();
  await session.close();
  expect(session.inFlight).toBe(0);
});
