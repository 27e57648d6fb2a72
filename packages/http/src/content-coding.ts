import { DecodeError } from "./errors.ts";

/** A way of compressing that Node undoes. */
export type Coding = "gzip" | "deflate" | "br" | "zstd";

/** What a session asks for. */
export const acceptedCodings = "gzip, deflate, br, zstd";

/** The codings of a body, in the order in which they were applied. @throws DecodeError for one that nobody knows, or for too many. */
export function codingsOf(
  contentEncoding: string | readonly string[] | undefined,
  url: string,
): readonly Coding[] {
  if (contentEncoding === undefined) return none;
  const names = String(contentEncoding)
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length > mostCodings) {
    throw new DecodeError(
      `the body of ${url} is compressed ${names.length} times over; ${mostCodings} are the most`,
      { url },
    );
  }
  return names.map((name) => toCoding(name, url));
}

const none: readonly Coding[] = [];
/** Each layer may blow up the next; curl draws the same line. */
const mostCodings = 5;

function toCoding(name: string, url: string): Coding {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
    case "br":
    case "zstd":
      return name;
    default:
      throw new DecodeError(
        `the body of ${url} is coded as ${JSON.stringify(name)}, which nobody asked for: expected one of ${acceptedCodings}`,
        { url },
      );
  }
}

/** By the standard `deflate` has a zlib header (RFC 9110, 8.4.1.2); some servers leave it out. */
export function hasZlibHeader(firstByte: number | undefined): boolean {
  return firstByte !== undefined && (firstByte & 0x0f) === 0x08;
}
