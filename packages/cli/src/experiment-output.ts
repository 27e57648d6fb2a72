import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Findings } from "@overlap/lab";
import type { ExperimentPage } from "@overlap/report/page";
import type { Command } from "commander";
import { ReportFolderError } from "./errors.ts";
import { addTraceFlag, type TraceFlags, writeTraceFile } from "./recording.ts";

/** Flags that every experiment has. */
export interface OutputFlags extends TraceFlags {
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Declares those flags. */
export function addOutputFlags(command: Command): Command {
  return addUntracedOutputFlags(addTraceFlag(command));
}

/** Declares them for an experiment that traces nothing. */
export function addUntracedOutputFlags(command: Command): Command {
  return command
    .option("--report <dir>", "write a page with the figures and timelines there")
    .option("--json", "print one JSON document instead of the table")
    .option("--quiet", "no progress");
}

/**
 * Makes the report folder before the experiment runs, so that a folder that can't be written costs no run.
 *
 * @throws ReportFolderError.
 */
export async function prepareReportFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ReportFolderError(
      `cannot write to the report folder ${folder} (${reason}); choose another with --report`,
      { cause },
    );
  }
}

/** Prints the table and the diagnosis, or one JSON document, and writes the page. */
export async function showFindings<Row>(
  name: string,
  findings: Findings<Row>,
  { report, json, trace }: OutputFlags,
): Promise<void> {
  const { textTable } = await import("@overlap/report");
  if (trace !== undefined) await writeTraceFile(trace, findings.records?.() ?? []);
  const where =
    report === undefined ? undefined : await writePage(join(report, `${name}.html`), await findings.page());
  if (json === true) {
    process.stdout.write(`${JSON.stringify(findings.json(), null, 2)}\n`);
    return;
  }
  const table = findings.table();
  process.stdout.write(`${textTable(table.columns, table.rows)}\n\n${findings.diagnosis().headline}\n\n`);
  process.stdout.write(
    where === undefined
      ? "Add --report DIR for a page with figures and timelines.\n"
      : `${where}: open it in a browser.\n`,
  );
}

/** Writes a page as a file; gives a sentence that says where it is. @throws ReportFolderError. */
export async function writePage<Row>(file: string, page: ExperimentPage<Row>): Promise<string> {
  const { renderPage } = await import("@overlap/report/page");
  try {
    await writeFile(file, renderPage(page));
    const what = page.strategies.length > 0 ? "The timelines are in" : "The page is";
    return `${what} ${relative(process.cwd(), file)}`;
  } catch (cause) {
    throw new ReportFolderError(`cannot write ${file} (${(cause as Error).message})`, { cause });
  }
}
