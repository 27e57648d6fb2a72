import { registerHooks } from "node:module";

/**
 * Lets a job file that lies outside of any project import `@overlap/…` all the same: what can't be found from where it stands is
 * taken from where this command is installed.
 */
export function lendOwnPackages(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!isMissing(error) || !specifier.startsWith("@overlap/")) throw error;
        return resolveFromHere(
          () => nextResolve(specifier, { ...context, parentURL: import.meta.url }),
          error,
        );
      }
    },
  });
}

/** Where it isn't here either, the job's own error says more. */
function resolveFromHere<R>(resolve: () => R, error: unknown): R {
  try {
    return resolve();
  } catch {
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === "ERR_MODULE_NOT_FOUND";
}
