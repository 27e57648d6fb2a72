import { sharedNow } from "@overlap/trace";
import { type HashRequest, hashText } from "./hash-text.ts";
import { saveRow } from "./save-row.ts";

/** When the parts of one item happened, on the clock that all threads share. */
export interface HashedAndSaved {
  readonly startMs: number;
  readonly hashedMs: number;
  readonly savedMs: number;
}

/** The serial program for one item, on the thread that it is called on. @throws SaveFailedError; HttpError. */
export async function hashAndSave(request: HashRequest & { readonly url: string }): Promise<HashedAndSaved> {
  const startMs = sharedNow();
  const { text, hash } = hashText(request);
  const hashedMs = sharedNow();
  await saveRow({ url: request.url, text, hash });
  return { startMs, hashedMs, savedMs: sharedNow() };
}
