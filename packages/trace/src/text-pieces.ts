const PIECE_CHARACTERS = 65_536;

/** Joins lines into pieces of about 64 Ki characters: big enough to write at once, small enough to hold. */
export function* inPieces(lines: Iterable<string>): IterableIterator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
