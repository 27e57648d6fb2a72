import { createServer } from "node:https";
import type { HttpError, Session } from "@overlap/http";
import { expect, test } from "vitest";
import { type Certificate, createAuthority } from "./certificates.ts";
import { answerRequests, listen, speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const authority = createAuthority();
const here = { names: ["127.0.0.1", "here.test"] };
const lookup = async () => [{ address: "127.0.0.1", family: 4 } as const];

async function startTls(certificate: Certificate): Promise<string> {
  const server = createServer({ ...certificate }, (request, response) => response.end(`at ${request.url}`));
  server.on("tlsClientError", () => {});
  return (await listen(server)).replace("http:", "https:");
}

test("reads an answer of a server whose certificate is good", async () => {
  const url = await startTls(authority.issue(here));
  const session = openSession({ limit: 2, tls: { ca: authority.ca }, lookup });
  for (const target of [url, url.replace("127.0.0.1", "here.test"), url]) {
    expect(await (await session.get(`${target}/x`)).text()).toBe("at /x");
  }
});

async function expectRefused(url: string, session: Session, code: string): Promise<HttpError> {
  const failure = await failureOf(session.get(url));
  expect(failure).toMatchObject({ name: "TlsError", code: "OVERLAP_HTTP_TLS", cause: { code } });
  expect(failure.message).toContain(`no secure connection to ${new URL(url).host}`);
  const good = await answerRequests((_, response) => response.end("fine"));
  expect(await (await session.get(good)).text()).toBe("fine");
  return failure;
}

test("refuses a certificate that has expired", async () => {
  const url = await startTls(authority.issue({ ...here, expires: new Date(Date.now() - 60_000) }));
  await expectRefused(url, openSession({ limit: 1, tls: { ca: authority.ca } }), "CERT_HAS_EXPIRED");
});

test("refuses a certificate that vouches for itself", async () => {
  const url = await startTls(authority.selfSigned(here));
  await expectRefused(url, openSession({ limit: 1 }), "DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("refuses a certificate whose issuer it doesn't know", async () => {
  const url = await startTls(authority.issue(here));
  await expectRefused(url, openSession({ limit: 1 }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test("refuses a certificate for another host", async () => {
  const url = await startTls(authority.issue({ names: ["there.test"] }));
  const session = openSession({ limit: 1, tls: { ca: authority.ca } });
  await expectRefused(url, session, "ERR_TLS_CERT_ALTNAME_INVALID");
});

test("refuses them again and again, and does not retry", async () => {
  const url = await startTls(authority.selfSigned(here));
  const session = openSession({ limit: 2, retry: { baseDelayMs: 1 } });
  const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(session.get(url))));
  expect(failures.map(({ code, attempts }) => `${code} ${attempts}`)).toEqual(
    Array(20).fill("OVERLAP_HTTP_TLS 1"),
  );
});

test("says so when the other side does not speak TLS", async () => {
  const url = await answerRequests((_, response) => response.end());
  const failure = await failureOf(openSession().get(url.replace("http:", "https:")));
  expect(failure.code).toBe("OVERLAP_HTTP_TLS");
  const rude = await speakRaw(({ socket }) => socket.end());
  expect((await failureOf(openSession().get(rude.url))).code).toBe("OVERLAP_HTTP_CONNECTION_LOST");
});

test("passes TLS options on", async () => {
  const url = await startTls(authority.selfSigned({ names: ["there.test"] }));
  const trusting = openSession({ tls: { rejectUnauthorized: false } });
  expect((await trusting.get(url)).status).toBe(200);
  const checking = openSession({
    tls: { rejectUnauthorized: true, ca: authority.ca, checkServerIdentity: () => new Error("not you") },
  });
  expect((await failureOf(checking.get(url))).code).toBe("OVERLAP_HTTP_TLS");
});

test("follows a redirect from plain HTTP to TLS", async () => {
  const secure = await startTls(authority.issue(here));
  const url = await answerRequests((_, response) =>
    response.writeHead(301, { location: `${secure}/end` }).end(),
  );
  const response = await openSession({ tls: { ca: authority.ca } }).get(url);
  expect(await response.text()).toBe("at /end");
});
