import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { GetOptions } from "@overlap/http";

/** A way in which a server misbehaves, and what must come of a request to it. */
export interface Fault {
  readonly name: string;
  /** What the server does when the header of a request is there. */
  readonly answer: (socket: Socket, url: string) => void;
  /** The code of the error, or the status and the text of a good answer. */
  readonly expected: string | readonly [status: number, text: string];
  readonly method?: string;
  readonly options?: GetOptions;
}

const lost = "OVERLAP_HTTP_CONNECTION_LOST";
const protocol = "OVERLAP_HTTP_PROTOCOL";
const total = "OVERLAP_HTTP_TIMEOUT_TOTAL";
const redirect = "OVERLAP_HTTP_REDIRECT";
const decode = "OVERLAP_HTTP_DECODE";
const tooLarge = "OVERLAP_HTTP_BODY_TOO_LARGE";

const ok = "HTTP/1.1 200 OK\r\n";
const okHi = [200, "hi"] as const;
/** Those that never end by themselves are ended by this. */
const soon: GetOptions = { timeoutMs: 100 };

/** A row whose server sends these bytes and waits. */
function says(
  name: string,
  bytes: string | Buffer,
  expected: Fault["expected"],
  options?: GetOptions,
): Fault {
  return { name, answer: (socket) => socket.write(bytes), expected, ...(options && { options }) };
}

/** A row whose server sends these bytes and closes. */
function ends(name: string, bytes: string | Buffer, expected: Fault["expected"]): Fault {
  return { name, answer: (socket) => socket.end(bytes), expected };
}

/** A row whose server sends a start, and then the same again and again until the connection is gone. */
function drips(
  name: string,
  start: string,
  again: string,
  expected: string,
  options: GetOptions = soon,
): Fault {
  return {
    name,
    expected,
    options,
    answer: (socket) => {
      socket.write(start);
      const drip = setInterval(() => socket.write(again), 2);
      socket.once("close", () => clearInterval(drip));
    },
  };
}

/** The same as fast as the other side takes it. */
function pours(name: string, start: string, again: string, expected: string, options?: GetOptions): Fault {
  return {
    name,
    expected,
    ...(options && { options }),
    answer: (socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(again));
        socket.once("drain", pour);
      };
      socket.write(start);
      pour();
    },
  };
}

function withBody(headers: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${ok}${headers}content-length: ${body.length}\r\n\r\n`), body]);
}

function redirects(location: string): string {
  return `HTTP/1.1 302 Found\r\n${location}content-length: 0\r\n\r\n`;
}

const cutShort: readonly Fault[] = [
  { name: "a reset at once", answer: (socket) => socket.resetAndDestroy(), expected: lost },
  ends("an end at once", "", lost),
  ends("a header that stops", `${ok}content-le`, lost),
  {
    name: "a reset in the middle of a body",
    answer: (socket) =>
      socket.write(`${ok}content-length: 10\r\n\r\nhalf`, () => setImmediate(() => socket.resetAndDestroy())),
    expected: lost,
  },
  ends("a body that is too short", `${ok}content-length: 10\r\n\r\nhalf`, lost),
  ends("a closing body that is too short", `${ok}connection: close\r\ncontent-length: 10\r\n\r\nhalf`, lost),
  ends("chunks that stop", `${ok}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`, lost),
  ends(
    "closing chunks that stop",
    `${ok}connection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`,
    lost,
  ),
];

const floods: readonly Fault[] = [
  pours("a flood of headers", ok, "x-flood: flood\r\n", protocol),
  pours(
    "a flood of trailers",
    `${ok}transfer-encoding: chunked\r\n\r\n0\r\n`,
    "x-flood: flood\r\n",
    protocol,
  ),
  pours("a reason phrase without end", "HTTP/1.1 200 ", "O".repeat(1_000), total, soon),
  pours(
    "a chunk extension without end",
    `${ok}transfer-encoding: chunked\r\n\r\n1;x=`,
    "y".repeat(1_000),
    total,
    soon,
  ),
  pours("a body without end", `${ok}\r\n`, "x".repeat(10_000), tooLarge),
  says("a length above the limit", `${ok}content-length: 2000000\r\n\r\n`, tooLarge),
];

const slow: readonly Fault[] = [
  says("a server that never answers", "", total, soon),
  drips("a header that drips", `${ok}x-`, "y", total),
  drips("a body that drips", `${ok}transfer-encoding: chunked\r\n\r\n`, "1\r\nx\r\n", total),
  drips("interim answers without end", "", "HTTP/1.1 103 Early Hints\r\n\r\n", total),
  says("a header that never comes", "", "OVERLAP_HTTP_TIMEOUT_HEADERS", { headersTimeoutMs: 50 }),
  says("a body that stops", `${ok}content-length: 9\r\n\r\nhalf`, "OVERLAP_HTTP_TIMEOUT_IDLE", {
    idleTimeoutMs: 50,
  }),
];

const encodings: readonly Fault[] = [
  says("a gzip bomb", withBody("content-encoding: gzip\r\n", gzipSync(Buffer.alloc(50_000_000))), tooLarge),
  says("gzip that is garbage", withBody("content-encoding: gzip\r\n", Buffer.from("garbage")), decode),
  says(
    "gzip cut short",
    withBody("content-encoding: gzip\r\n", gzipSync("hi".repeat(99)).subarray(0, 20)),
    decode,
  ),
  says(
    "brotli cut short",
    withBody("content-encoding: br\r\n", brotliCompressSync("hello").subarray(0, 5)),
    decode,
  ),
  says(
    "zstd cut short",
    withBody("content-encoding: zstd\r\n", zstdCompressSync("hello").subarray(0, 9)),
    decode,
  ),
  says("a coding that nobody knows", withBody("content-encoding: rot13\r\n", Buffer.from("uv")), decode),
  says(
    "stacked encodings",
    withBody("content-encoding: gzip, br\r\n", brotliCompressSync(gzipSync("hi"))),
    okHi,
  ),
  says(
    "encodings stacked too high",
    withBody(`content-encoding: ${"gzip, ".repeat(9)}gzip\r\n`, gzipSync("hi")),
    decode,
  ),
  says(
    "a charset that nobody knows",
    withBody("content-type: text/plain; charset=klingon\r\n", Buffer.from("hi")),
    okHi,
  ),
  says(
    "a charset that is not the body's",
    withBody("content-type: text/plain; charset=utf-8\r\n", Buffer.from([0x67, 0xfc])),
    [200, "g\ufffd"],
  ),
  says(
    "a byte order mark that is not the charset",
    withBody("content-type: text/plain; charset=iso-8859-1\r\n", Buffer.from("\ufeffgrüß")),
    [200, "grüß"],
  ),
];

const redirections: readonly Fault[] = [
  says("a redirect to a file", redirects("location: file:///etc/passwd\r\n"), redirect),
  says("a redirect to no URL", redirects("location: http://[\r\n"), redirect),
  says("a redirect to a port that is none", redirects("location: http://h:99999/\r\n"), redirect),
  says("a redirect to itself, with a cookie", redirects("set-cookie: a=b\r\nlocation: /\r\n"), redirect),
  {
    name: "a redirect in a circle",
    answer: (socket, url) => socket.write(redirects(`location: ${url === "/" ? "/a" : "/"}\r\n`)),
    expected: redirect,
  },
  {
    name: "a redirect further and further",
    answer: (socket, url) => socket.write(redirects(`location: ${url}x\r\n`)),
    expected: redirect,
  },
  says("a redirect without a location", redirects(""), [302, ""]),
];

const interim: readonly Fault[] = [
  says("an unasked 100", "HTTP/1.1 100 Continue\r\n\r\n", protocol),
  says("an unasked 101", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", protocol),
  says(
    "early hints before the answer",
    `HTTP/1.1 103 Early Hints\r\n\r\n${ok}content-length: 2\r\n\r\nhi`,
    okHi,
  ),
];

const oldAndOdd: readonly Fault[] = [
  ends("HTTP/1.0 that closes", "HTTP/1.0 200 OK\r\n\r\nhi", okHi),
  ends("an answer that ends with its connection", `${ok}\r\nhi`, okHi),
  ends("HTTP/0.9", "<html>hi</html>", protocol),
  says("ICY", "ICY 200 OK\r\n\r\n", protocol),
  says("garbage", "hello, world\r\n\r\n", protocol),
  says("a status of 099", "HTTP/1.1 099 No\r\n\r\n", protocol),
  says("a status of 999", "HTTP/1.1 999 Odd\r\ncontent-length: 2\r\n\r\nhi", [999, "hi"]),
  says("a status of 9999", "HTTP/1.1 9999 Odd\r\n\r\n", protocol),
  says("lines that end in LF only", "HTTP/1.1 200 OK\ncontent-length: 2\n\nhi", protocol),
  says("a folded header", `${ok}x: a\r\n b\r\ncontent-length: 2\r\n\r\nhi`, protocol),
  says("a space before a colon", `${ok}x : a\r\ncontent-length: 2\r\n\r\nhi`, protocol),
  says("a NUL in a header", `${ok}x: a\0b\r\ncontent-length: 2\r\n\r\nhi`, protocol),
  says("a header without a colon", `${ok}x\r\ncontent-length: 2\r\n\r\nhi`, protocol),
];

const lengths: readonly Fault[] = [
  says("two lengths that are the same", `${ok}content-length: 2\r\ncontent-length: 2\r\n\r\nhi`, protocol),
  says("two lengths that differ", `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nhi`, protocol),
  says("a negative length", `${ok}content-length: -1\r\n\r\nhi`, protocol),
  says("a length beyond all numbers", `${ok}content-length: 99999999999999999999\r\n\r\nhi`, protocol),
  says(
    "a length and chunks",
    `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    protocol,
  ),
  says("a bad chunk size", `${ok}transfer-encoding: chunked\r\n\r\nxyz\r\n`, protocol),
  says("more bytes after the body", `${ok}content-length: 2\r\n\r\nhi there`, okHi),
  says(
    "another answer after the body",
    `${ok}content-length: 2\r\n\r\nhi${ok}content-length: 2\r\n\r\nno`,
    okHi,
  ),
  { ...says("a body after HEAD", `${ok}content-length: 2\r\n\r\nhi`, [200, ""]), method: "HEAD" },
  says("a body after 204", "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nhi", [204, ""]),
  says("a body after 304", "HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\nhi", [304, ""]),
];

/** Everything that servers have been seen to do. */
export const faults: readonly Fault[] = [
  ...cutShort,
  ...floods,
  ...slow,
  ...encodings,
  ...redirections,
  ...interim,
  ...oldAndOdd,
  ...lengths,
];
