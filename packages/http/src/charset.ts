/**
 * A body as text, in the encoding that its byte order mark names, else its content type, else (HTML and XML) its first
 * kilobyte; else UTF-8. Bytes that the encoding doesn't know become U+FFFD.
 */
export function decodeText(bytes: Buffer, contentType: string): string {
  const marked = markedEncoding(bytes);
  if (marked !== null) return decodeAs(marked, bytes);
  const named =
    decoderOf(charsetOf(contentType)) ?? (mayNameItself(contentType, bytes) ? prescan(bytes) : null);
  return named === null || named.encoding === "utf-8" ? bytes.toString("utf8") : named.decode(bytes);
}

/** Encoding standard, "BOM sniff". */
function markedEncoding(bytes: Buffer): string | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return null;
}

/** The decoder drops the byte order mark. */
function decodeAs(encoding: string, bytes: Buffer): string {
  return new TextDecoder(encoding).decode(bytes);
}

function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1] ?? null;
}

/** `null` for a label that nobody knows: then the next source is asked. */
function decoderOf(label: string | null): TextDecoder | null {
  if (label === null) return null;
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

function mayNameItself(contentType: string, bytes: Buffer): boolean {
  if (contentType === "") return bytes[0] === lessThan;
  return /\b(?:html|xml)\b/i.test(contentType);
}

const lessThan = 0x3c;
/** HTML standard: an encoding that is declared must be declared within the first 1024 bytes. */
const prescannedBytes = 1_024;

/** What `<?xml encoding>` or `<meta charset>` says (HTML standard, "prescan a byte stream to determine its encoding"). */
function prescan(bytes: Buffer): TextDecoder | null {
  const start = bytes.toString("latin1", 0, prescannedBytes).replaceAll(/<!--[\s\S]*?-->/g, "");
  const inXml = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']+)["']/i.exec(start)?.[1];
  if (inXml !== undefined) return declaredDecoder(inXml);
  for (const [tag] of start.matchAll(/<meta[\s/][^>]*>/gi)) {
    const label = /\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(tag)?.[1];
    const decoder = label === undefined ? null : declaredDecoder(label);
    if (decoder !== null) return decoder;
  }
  return null;
}

/** Bytes in which ASCII could be read are no UTF-16, whatever they say. */
function declaredDecoder(label: string): TextDecoder | null {
  const decoder = decoderOf(label.toLowerCase() === "x-user-defined" ? "windows-1252" : label);
  return decoder?.encoding.startsWith("utf-16") ? new TextDecoder("utf-8") : decoder;
}
