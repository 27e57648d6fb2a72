import { CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { explainFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Parses and runs one command; gives its exit code and never throws. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { message, code } = explainFailure(error);
    if (message !== "") process.stderr.write(`${message}\n`);
    return code;
  }
}
