/** A span as numbers: names by their ids, the kind by its place in `SPAN_KINDS`, times in milliseconds. */
export interface SpanRow {
  readonly laneId: number;
  readonly kindId: number;
  readonly labelId: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly ok: boolean;
}

const CHUNK_BITS = 12;
const CHUNK_SPANS = 1 << CHUNK_BITS;

/** 23 bytes a span: growing by chunks copies nothing, so no span ever waits for the move of all before it. */
class SpanChunk {
  readonly startMs = new Float64Array(CHUNK_SPANS);
  readonly endMs = new Float64Array(CHUNK_SPANS);
  readonly labelIds = new Uint32Array(CHUNK_SPANS);
  readonly laneIds = new Uint16Array(CHUNK_SPANS);
  /** `kindId * 2 + (ok ? 1 : 0)` */
  readonly flags = new Uint8Array(CHUNK_SPANS);
}

/** The spans of a trace in typed arrays, addressed by place. */
export class SpanColumns {
  readonly #chunks: SpanChunk[] = [];

  /** Writes one span; a new place must be the one after the last. */
  write(
    place: number,
    laneId: number,
    kindId: number,
    labelId: number,
    startMs: number,
    endMs: number,
    ok: boolean,
  ): void {
    const chunk = this.#chunks[place >> CHUNK_BITS] ?? this.#grow();
    const at = place & (CHUNK_SPANS - 1);
    chunk.startMs[at] = startMs;
    chunk.endMs[at] = endMs;
    chunk.labelIds[at] = labelId;
    chunk.laneIds[at] = laneId;
    chunk.flags[at] = (kindId << 1) | (ok ? 1 : 0);
  }

  read(place: number): SpanRow {
    const chunk = this.#chunkOf(place);
    const at = place & (CHUNK_SPANS - 1);
    const flags = chunk.flags[at] ?? 0;
    return {
      laneId: chunk.laneIds[at] ?? 0,
      kindId: flags >> 1,
      labelId: chunk.labelIds[at] ?? 0,
      startMs: chunk.startMs[at] ?? 0,
      endMs: chunk.endMs[at] ?? 0,
      ok: (flags & 1) === 1,
    };
  }

  startMs(place: number): number {
    return this.#chunkOf(place).startMs[place & (CHUNK_SPANS - 1)] ?? 0;
  }

  #chunkOf(place: number): SpanChunk {
    const chunk = this.#chunks[place >> CHUNK_BITS];
    if (chunk === undefined) throw new RangeError(`no span at place ${place}`);
    return chunk;
  }

  #grow(): SpanChunk {
    const chunk = new SpanChunk();
    this.#chunks.push(chunk);
    return chunk;
  }
}
