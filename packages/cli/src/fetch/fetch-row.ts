/** What became of one URL: a line of the output. */
export interface FetchRow {
  /** As it stood in the input. */
  readonly url: string;
  /** The answer was complete and its status one of success (200 to 299). */
  readonly ok: boolean;
  /** The status of the last answer; `null` when there was none. */
  readonly status: number | null;
  /** Bytes of the body, decompressed. */
  readonly bytes: number;
  /** Milliseconds from when the last attempt was handed to the network to its last byte, or until it failed; 0 when nothing was sent. */
  readonly ms: number;
  /** How often the request was handed to the network. */
  readonly attempts: number;
  /** Why it is not ok. */
  readonly error: FetchFailure | null;
  /** Where the body was saved, in the folder of `--save`. */
  readonly file?: string;
  /** The body as text, with `--body`. */
  readonly body?: string;
}

/** Why a URL is not ok. */
export interface FetchFailure {
  /** An error code of the session, or `HTTP_` and the status. */
  readonly code: string;
  readonly message: string;
}

/** A row as the fields of a table. */
export type FlatRow = Readonly<Record<string, string | number | boolean | null>>;

/** The columns of a table, in order. */
export function flatColumns(extra: { readonly file: boolean; readonly body: boolean }): string[] {
  const columns = ["url", "ok", "status", "bytes", "ms", "attempts", "errorCode", "errorMessage"];
  if (extra.file) columns.push("file");
  if (extra.body) columns.push("body");
  return columns;
}

/** A row for a table: the error becomes two columns. */
export function flatten({ error, ...row }: FetchRow): FlatRow {
  return { ...row, errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
}
