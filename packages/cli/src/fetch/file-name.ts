import { createHash } from "node:crypto";
import mime from "mime";

/** What a file of a body is named after. */
export interface NamedBody {
  /** As it stood in the input. */
  readonly url: string;
  /** The URL's place in the input, from 1. */
  readonly number: number;
  /** The content type of the answer; empty if it has none. */
  readonly contentType: string;
}

/** So that a name stays below the 255 bytes of common file systems, whatever its script. */
const mostCharacters = 40;

/**
 * A name for the body of a URL, such as `000012-logo-9f86d081.png`: its place in the input tells it from the others of the run, on
 * file systems that ignore case too, and the hash of the URL from those of other runs. The same input gives the same names.
 * Only letters, digits, `-`, `_` and `.` get in, after a digit: no name is a path, hidden, or reserved (`CON`, `..`).
 */
export function nameOfBody({ url, number, contentType }: NamedBody): string {
  const { stem, ending } = lastPart(url);
  const hash = createHash("sha256").update(url).digest("hex").slice(0, 8);
  const parts = [String(number).padStart(6, "0"), stem, hash].filter((part) => part !== "");
  return parts.join("-") + extensionOf(contentType, ending);
}

/** What a person would call it: the last part of the path, or the host. */
function lastPart(url: string): { readonly stem: string; readonly ending: string } {
  const parsed = URL.parse(url);
  if (parsed === null) return { stem: "", ending: "" };
  const segment = decoded(parsed.pathname.split("/").findLast((part) => part !== "") ?? "");
  const [, ending = ""] = /(\.[a-z0-9]{1,8})$/i.exec(segment) ?? [];
  const stem = segment.slice(0, segment.length - ending.length);
  return { stem: harmless(stem === "" && ending === "" ? parsed.hostname : stem), ending };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a % that escapes nothing
  }
}

function harmless(text: string): string {
  const plain = text.normalize("NFC").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return Array.from(plain)
    .slice(0, mostCharacters)
    .join("")
    .replace(/^[.-]+|[.-]+$/g, "");
}

/** Types that say nothing about what it is; the URL may know better. */
const vague = new Set(["", "application/octet-stream", "binary/octet-stream", "text/plain"]);

/** By the content type; by the URL where that says nothing, or names the same type (`.jpeg`, `.htm`). */
function extensionOf(contentType: string, ending: string): string {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  const fromUrl = ending.toLowerCase();
  const known = mime.getAllExtensions(type) ?? new Set<string>();
  if (fromUrl !== "" && (vague.has(type) || known.has(fromUrl.slice(1)))) return fromUrl;
  const extension = mime.getExtension(type) ?? "";
  if (extension !== "") return `.${extension}`;
  return fromUrl === "" ? ".bin" : fromUrl;
}
