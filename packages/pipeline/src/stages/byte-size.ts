/** Bytes of a value as it would be sent: UTF-8 for a string, itself for binary data, JSON for anything else. */
export function byteSize(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}
