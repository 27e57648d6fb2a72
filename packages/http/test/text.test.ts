import type { HttpResponse } from "@overlap/http";
import { expect, test } from "vitest";
import { answerRequests } from "./loopback.ts";
import { openSession } from "./open-session.ts";

async function ask(body: Uint8Array, type: string | undefined): Promise<HttpResponse> {
  const url = await answerRequests((_, response) => {
    if (type !== undefined) response.setHeader("content-type", type);
    response.end(body);
  });
  return await openSession().get(url);
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf8 = (text: string) => Buffer.from(text);
const utf16le = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
const utf16be = (text: string) => utf16le(text).swap16();
const shiftJis = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);

test.each<[string, Uint8Array, string | undefined, string]>([
  ["UTF-8 when nothing else is said", utf8("grüß"), undefined, "grüß"],
  ["UTF-8 when the type says nothing", utf8("grüß"), "text/plain", "grüß"],
  ["what the header says", latin1("grüß"), "text/plain; charset=iso-8859-1", "grüß"],
  ["what the header says, in quotes", latin1("grüß"), 'text/plain; a=b; Charset="windows-1252"', "grüß"],
  ["an encoding of several bytes", shiftJis, "text/plain;charset=Shift_JIS", "日本"],
  ["UTF-8 when the header names nothing that exists", utf8("grüß"), "text/plain; charset=klingon", "grüß"],
  ["what the byte order mark says, against the header", utf16le("grüß"), "text/plain; charset=utf-8", "grüß"],
  ["the other order of bytes", utf16be("grüß"), undefined, "grüß"],
  ["UTF-8 with a mark, against the header", utf8("\ufeffgrüß"), "text/plain; charset=iso-8859-1", "grüß"],
  ["what the page says", latin1("<meta charset=latin1>grüß"), "text/html", "<meta charset=latin1>grüß"],
  [
    "what the page says in the old way",
    latin1(`<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">ß`),
    "text/html",
    `<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">ß`,
  ],
  [
    "the header, against the page",
    utf8('<meta charset="latin1">ß'),
    "text/html; charset=utf-8",
    '<meta charset="latin1">ß',
  ],
  [
    "not what stands in a comment",
    utf8("<!-- <meta charset=latin1> -->ß"),
    "text/html",
    "<!-- <meta charset=latin1> -->ß",
  ],
  ["not what a text says", utf8("<meta charset=latin1>ß"), "text/plain", "<meta charset=latin1>ß"],
  [
    "UTF-8 for a page that says UTF-16",
    utf8("<meta charset=utf-16>ß"),
    "text/html",
    "<meta charset=utf-16>ß",
  ],
  ["what a page without a type says", latin1("<meta charset=latin1>ß"), undefined, "<meta charset=latin1>ß"],
  [
    "what XML says",
    latin1(`<?xml version="1.0" encoding="ISO-8859-1"?><a>ß</a>`),
    "application/rss+xml",
    `<?xml version="1.0" encoding="ISO-8859-1"?><a>ß</a>`,
  ],
])("reads a body as %s", async (_, body, type, text) => {
  expect(await (await ask(body, type)).text()).toBe(text);
});

test("reads JSON in any of these encodings", async () => {
  const response = await ask(utf16le('{"a":"ß"}'), "application/json");
  expect(await response.json()).toEqual({ a: "ß" });
});
