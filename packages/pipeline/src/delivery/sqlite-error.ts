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

/** Whether the row alone was refused (a constraint, a value that can't be stored), so that others can still be saved. */
export function isRefusedRow(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: number; readonly code?: string };
  if (code !== "ERR_SQLITE_ERROR")
    return typeof code === "string" && /^ERR_(INVALID_ARG|OUT_OF_RANGE)/.test(code);
  return [tooBig, constraint, mismatch].includes((errcode ?? 0) & 0xff);
}

const tooBig = 18;
const constraint = 19;
const mismatch = 20;
