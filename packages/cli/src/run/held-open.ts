/** Long enough for whatever closes by itself. */
const patienceMs = 1_000;

/** A job that has ended but left something open must not keep its command from ending: says what it is, and ends. */
export function endSoon(exitCode: number): void {
  const timer = setTimeout(() => {
    const held = [...new Set(process.getActiveResourcesInfo())].filter((name) => !quiet.has(name));
    const what = held.length === 0 ? "something" : held.join(", ");
    process.stderr.write(
      `overlap: the job has left ${what} open; close it (a job's function gets a stack for that, see overlap run --help)\n`,
    );
    process.exit(exitCode);
  }, patienceMs);
  timer.unref();
}

/** What a process has open anyway. */
const quiet = new Set(["TTYWrap", "PipeWrap", "Timeout"]);
