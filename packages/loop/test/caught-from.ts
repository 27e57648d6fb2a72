/** What `promise` rejects with. */
export async function caughtFrom(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection, and there was none");
}
