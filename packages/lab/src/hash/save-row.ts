import { Session } from "@overlap/http";
import { sharedNow } from "@overlap/trace";
import { SaveFailedError } from "../errors.ts";

/** A row and where it goes. */
export interface RowRequest {
  readonly url: string;
  readonly text: string;
  readonly hash: string;
}

/** A row of a batch, and where to note when its saving began and ended, on the clock that all threads share. */
export interface BatchRow extends RowRequest {
  readonly times: Float64Array<SharedArrayBuffer>;
  /** Its place in `times`: the begin, and behind it the end. */
  readonly place: number;
}

/** One for each thread that loads this file; who calls it limits how many rows are under way. */
const session = new Session({ limit: 10_000 });

/** Saves a row and resolves when it is stored. @throws SaveFailedError; HttpError. */
export async function saveRow({ url, text, hash }: RowRequest): Promise<void> {
  const response = await session.post(url, { body: `${text} ${hash}` });
  if (!response.ok) throw new SaveFailedError(`${url} answered ${response.status} to a save; see its log`);
}

/** The same, and notes when. */
export async function saveBatchRow(row: BatchRow): Promise<void> {
  row.times[row.place] = sharedNow();
  await saveRow(row);
  row.times[row.place + 1] = sharedNow();
}
