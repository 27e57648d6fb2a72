import { type Authority, type Certificate, createAuthority } from "./certificates.ts";

/** A certificate that is not to be trusted. */
export interface TlsFault {
  readonly name: string;
  readonly certificate: Certificate;
  readonly expected: "OVERLAP_HTTP_TLS";
}

const here = ["127.0.0.1"];

/** The authority that the session trusts, and certificates that it must not. */
export function createTlsFaults(): {
  readonly authority: Authority;
  readonly tlsFaults: readonly TlsFault[];
} {
  const authority = createAuthority();
  const row = (name: string, certificate: Certificate): TlsFault => ({
    name,
    certificate,
    expected: "OVERLAP_HTTP_TLS",
  });
  const expires = new Date(Date.now() - 60_000);
  return {
    authority,
    tlsFaults: [
      row("a certificate that has expired", authority.issue({ names: here, expires })),
      row("a certificate that vouches for itself", authority.selfSigned({ names: here })),
      row("a certificate for another host", authority.issue({ names: ["there.test"] })),
      row("a certificate of an issuer that nobody knows", createAuthority().issue({ names: here })),
    ],
  };
}
