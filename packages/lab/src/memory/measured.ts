/** What the process of one subject sends. */
export interface Measured {
  /** Bytes that all of them took together. */
  readonly bytes: number;
  /** How long it took until all of them were there and waited. */
  readonly startedMs: number;
}
