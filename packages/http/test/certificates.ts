import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** A certificate with its key, both as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
interface CertificateOptions {
  readonly names: readonly string[];
  /** @default an hour from now */
  readonly expires?: Date;
}

/** Who issues certificates; its own is `ca`. */
export interface Authority {
  readonly ca: string;
  issue(options: CertificateOptions): Certificate;
  /** A certificate that vouches for itself. */
  selfSigned(options: CertificateOptions): Certificate;
}

/** An authority whose keys and certificates exist in memory only: X.509 v3 with P-256 and SHA-256 (RFC 5280), written as DER by hand. */
export function createAuthority(): Authority {
  const root = newKey();
  const rootName = "Overlap test authority";
  const ca = sign({
    issuer: rootName,
    subject: rootName,
    isAuthority: true,
    names: [],
    signer: root,
    owner: root,
  });
  return {
    ca,
    issue(options) {
      const owner = newKey();
      const cert = sign({
        ...options,
        issuer: rootName,
        subject: options.names[0] ?? "",
        signer: root,
        owner,
      });
      return { cert, key: owner.exported };
    },
    selfSigned(options) {
      const owner = newKey();
      const subject = options.names[0] ?? "";
      return {
        cert: sign({ ...options, issuer: subject, subject, signer: owner, owner }),
        key: owner.exported,
      };
    },
  };
}

interface Key {
  readonly privateKey: KeyObject;
  readonly publicDer: Buffer;
  readonly exported: string;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey,
    publicDer: publicKey.export({ type: "spki", format: "der" }),
    exported: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

interface Statement extends CertificateOptions {
  readonly issuer: string;
  readonly subject: string;
  readonly isAuthority?: boolean;
  readonly signer: Key;
  readonly owner: Key;
}

function sign(statement: Statement): string {
  const { issuer, subject, signer, owner, expires = new Date(Date.now() + 3_600_000) } = statement;
  const starts = new Date(expires.getTime() - 86_400_000);
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(starts), time(expires)),
    nameOf(subject),
    owner.publicDer,
    der(0xa3, sequence(...extensionsOf(statement))),
  );
  const signature = createSign("sha256").update(body).sign(signer.privateKey);
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf({ isAuthority = false, names }: Statement): Buffer[] {
  const basic = sequence(
    objectId("55 1d 13"),
    der(0x01, Buffer.from([0xff])),
    octets(sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))),
  );
  if (names.length === 0) return [basic];
  const alternatives = sequence(...names.map(alternativeName));
  return [basic, sequence(objectId("55 1d 11"), octets(alternatives))];
}

/** An IPv4 address or a host name. */
function alternativeName(name: string): Buffer {
  return /^[\d.]+$/.test(name)
    ? der(0x87, Buffer.from(name.split(".").map(Number)))
    : der(0x82, Buffer.from(name));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(objectId("55 04 03"), der(0x0c, Buffer.from(commonName)))));
}

function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, "")}`));
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const octets = (content: Buffer): Buffer => der(0x04, content);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex.replaceAll(" ", ""), "hex"));
const ecdsaWithSha256 = sequence(objectId("2a 86 48 ce 3d 04 03 02"));

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
