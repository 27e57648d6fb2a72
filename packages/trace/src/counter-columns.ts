const CHUNK_BITS = 10;
const CHUNK_SAMPLES = 1 << CHUNK_BITS;

class CounterChunk {
  readonly atMs = new Float64Array(CHUNK_SAMPLES);
  readonly values = new Float64Array(CHUNK_SAMPLES);
  readonly counterIds = new Uint16Array(CHUNK_SAMPLES);
  readonly reasonIds = new Uint32Array(CHUNK_SAMPLES);
}

/** A sample as numbers: names by their ids. */
interface SampleRow {
  readonly counterId: number;
  readonly value: number;
  readonly atMs: number;
  readonly reasonId: number;
}

/** The counter samples of a trace in typed arrays, 22 bytes a sample, addressed by place. */
export class CounterColumns {
  readonly #chunks: CounterChunk[] = [];

  /** Writes one sample; a new place must be the one after the last. */
  write(place: number, { counterId, value, atMs, reasonId }: SampleRow): void {
    const chunk = this.#chunks[place >> CHUNK_BITS] ?? this.#grow();
    const at = place & (CHUNK_SAMPLES - 1);
    chunk.counterIds[at] = counterId;
    chunk.values[at] = value;
    chunk.atMs[at] = atMs;
    chunk.reasonIds[at] = reasonId;
  }

  read(place: number): SampleRow {
    const chunk = this.#chunks[place >> CHUNK_BITS];
    if (chunk === undefined) throw new RangeError(`no sample at place ${place}`);
    const at = place & (CHUNK_SAMPLES - 1);
    return {
      counterId: chunk.counterIds[at] ?? 0,
      value: chunk.values[at] ?? 0,
      atMs: chunk.atMs[at] ?? 0,
      reasonId: chunk.reasonIds[at] ?? 0,
    };
  }

  #grow(): CounterChunk {
    const chunk = new CounterChunk();
    this.#chunks.push(chunk);
    return chunk;
  }
}
