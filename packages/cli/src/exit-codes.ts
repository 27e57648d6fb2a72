/** What the process tells its caller. */
export const exitCodes = {
  /** Everything was done. */
  done: 0,
  /** The job, or more of its items than allowed, failed. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** Ctrl-C or SIGTERM, after an orderly end. */
  interrupted: 130,
} as const;
