import { SourceUsedError } from "../errors.ts";

/** Generators and streams that somebody has begun to read: a second run would find nothing, and say that all is done. */
const read = new WeakSet<object>();

/** @throws SourceUsedError when a source with one pass in it has been read. */
export function expectUnread(source: object): void {
  if (read.has(source)) throw new SourceUsedError();
}

/** Notes that a source with one pass in it is read. */
export function noteRead(source: object): void {
  read.add(source);
}

/** An iterator that is its own iterable has one pass in it. */
export function hasOnePass(source: unknown): source is object {
  return (
    typeof source === "object" && source !== null && "next" in source && typeof source.next === "function"
  );
}
