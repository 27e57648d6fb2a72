import { createServer } from "node:http";
import { fetchMany, isPublicAddress } from "@overlap/http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerRequests, listen } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

describe("the guard", () => {
  const refused = "OVERLAP_HTTP_ADDRESS_REFUSED";

  test.each([
    "http://127.0.0.1/",
    "http://127.1:8080/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
  ])("refuses %s without connecting", async (url) => {
    const failure = await failureOf(openSession({ publicOnly: true, connectTimeoutMs: 100 }).get(url));
    expect(failure).toMatchObject({ name: "AddressRefusedError", code: refused });
    expect(failure.message).toMatch(/^this session may not connect to /);
  });

  test("refuses a name that stands for an address that is not public, even beside others", async () => {
    const url = await answerRequests((_, response) => response.end("secret"));
    const { port } = new URL(url);
    const lookup = async (hostname: string) =>
      hostname === "both.test"
        ? [{ address: "93.184.215.14", family: 4 } as const, { address: "127.0.0.1", family: 4 } as const]
        : [{ address: "127.0.0.1", family: 4 } as const];
    const session = openSession({ publicOnly: true, lookup, connectTimeoutMs: 1_000 });
    const failure = await failureOf(session.get(`http://private.test:${port}/`));
    expect(failure).toMatchObject({ code: refused, url: `http://private.test:${port}/` });
    expect(failure.message).toBe(`this session may not connect to private.test:${port} (127.0.0.1)`);
    expect((await failureOf(session.get(`http://both.test:${port}/`))).code).toBe(refused);
    expect((await failureOf(session.get(`https://private.test:${port}/`))).code).toBe(refused);
    expect((await failureOf(session.get(`http://localhost:${port}/`))).code).toBe(refused);
  });

  test("asks once, and connects to what it was told", async () => {
    let asked = 0;
    const url = await answerRequests((_, response) => response.end("x"));
    const lookup = async () => {
      asked++;
      return [{ address: asked === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 } as const];
    };
    const session = openSession({ lookup });
    const response = await session.get(url.replace("127.0.0.1", "somewhere.test"));
    expect([response.status, asked]).toEqual([200, 1]);
  });

  test("refuses a redirect to an address that is not allowed: a literal one, and one of a name", async () => {
    let reached = 0;
    const server = createServer((_, response) => response.end(`secret ${++reached}`));
    const { port } = new URL(await listen(server, "127.0.0.2"));
    let location = "";
    const url = await answerRequests((_, response) => response.writeHead(302, { location }).end());
    // On loopback there is no public address to start from, so one of them is declared to be.
    const session = openSession({
      allowAddress: (address) => address === "127.0.0.1" || isPublicAddress(address),
      lookup: async () => [{ address: "127.0.0.2", family: 4 }],
    });
    for (location of [`http://127.0.0.2:${port}/`, `http://inside.test:${port}/`, `http://[::1]:${port}/`]) {
      expect(await failureOf(session.get(url))).toMatchObject({ code: refused, url: location, attempts: 1 });
    }
    expect(reached).toBe(0);
    location = `http://127.0.0.2:${port}/`;
    expect(await (await openSession().get(url)).text()).toBe("secret 1");
  });

  test("does not retry, and gives an outcome for each", async () => {
    const codes: string[] = [];
    const urls = ["http://10.0.0.1/", "http://[::1]/", "http://192.168.1.1/"];
    for await (const outcome of fetchMany(urls, { publicOnly: true, retry: { baseDelayMs: 1 } })) {
      if (!outcome.ok) codes.push(`${outcome.error.code} ${outcome.error.attempts}`);
    }
    expect(codes).toEqual(Array(3).fill(`${refused} 1`));
  });
});

describe("an address", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ["this host", "0.0.0.0", "0.1.2.3"],
    ["private", "10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"],
    ["loopback", "127.0.0.1", "127.255.255.255", "::1"],
    ["link-local", "169.254.0.1", "169.254.169.254", "fe80::1", "febf::1"],
    ["shared (CGNAT)", "100.64.0.0", "100.127.255.255"],
    ["multicast", "224.0.0.1", "239.255.255.255", "ff02::1"],
    ["broadcast and reserved", "255.255.255.255", "240.0.0.1"],
    ["documentation", "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    ["benchmarking", "198.18.0.1", "198.19.255.255", "2001:2::1"],
    ["protocol assignments", "192.0.0.8", "192.88.99.1"],
    ["unspecified", "::"],
    ["unique local", "fc00::1", "fdff::1"],
    ["site-local", "fec0::1"],
    ["mapped", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    ["compatible", "::127.0.0.1", "::7f00:1", "::a00:1"],
    ["translated", "::ffff:0:127.0.0.1"],
    ["behind NAT64", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1"],
    ["a tunnel's", "2002:7f00:1::1", "2002:808:808::1", "2001:0:7f00:1::1"],
    ["discard", "100::1"],
    ["outside what is given out", "4000::1", "e000::1"],
    ["of an interface", "fe80::1%eth0", "2606:4700:4700::1111%eth0"],
    ["none", "", "localhost", "1.2.3", "999.1.1.1"],
  ])("is not public when it is %s", (_, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  test("carried in IPv6 is judged as the IPv4 address that it carries", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });
});
