/** Native timers count in a signed 32-bit number of milliseconds; a longer delay would fire at once. */
export const longestDelayMs: number = 2 ** 31 - 1;
