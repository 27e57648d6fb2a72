/** SQLite's result codes (https://sqlite.org/rescode.html) that say something to a person. */
const reasons: Readonly<Record<number, string>> = {
  5: "another program uses it",
  6: "another program uses it",
  8: "it is read-only",
  10: "the disk cannot be read or written",
  11: "the file is damaged",
  13: "the disk is full",
  14: "the file cannot be opened; does the folder exist?",
  26: "the file is no SQLite database",
};

/** Why SQLite refused, in words. */
export function sqliteReason(error: unknown): string {
  const { errcode, message } = (error ?? {}) as { readonly errcode?: number; readonly message?: string };
  return reasons[(errcode ?? 0) & 0xff] ?? message ?? String(error);
}

/** Whether the statement alone was refused (a constraint, a value of the wrong type), so that others can still be carried out. */
export function isRefusedRow(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: number; readonly code?: string };
  const primary = (errcode ?? 0) & 0xff;
  return code === "ERR_INVALID_ARG_TYPE" || code === "ERR_OUT_OF_RANGE" || [18, 19, 20].includes(primary);
}
