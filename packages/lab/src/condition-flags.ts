/**
 * Of this process's flags those that a process started from the same sources needs: the ones that say how packages are found.
 * `--eval` or `--inspect` must not be repeated.
 */
export function conditionFlags(flags: readonly string[]): string[] {
  return flags.flatMap((flag, index) => {
    if (flag.startsWith("--conditions=")) return [flag];
    const value = flags[index + 1];
    return (flag === "--conditions" || flag === "-C") && value !== undefined ? [`--conditions=${value}`] : [];
  });
}
