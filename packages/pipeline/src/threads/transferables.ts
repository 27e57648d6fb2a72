/**
 * The memory that can be moved to another thread with these values: that of binary data among them, or right inside them. A view of a
 * part of its memory is left out, since others may use the rest (small `Buffer`s share theirs).
 */
export function transferables(values: readonly unknown[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const value of values) {
    addMemory(value, found);
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
      for (const inner of Object.values(value)) addMemory(inner, found);
  }
  return [...found];
}

function addMemory(value: unknown, found: Set<ArrayBuffer>): void {
  if (value instanceof ArrayBuffer) found.add(value);
  else if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer && ownsAll(value)) {
    found.add(value.buffer);
  }
}

function ownsAll(view: ArrayBufferView): boolean {
  return view.byteOffset === 0 && view.byteLength === view.buffer.byteLength;
}
