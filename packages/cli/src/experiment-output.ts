import { access, constants } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import type { Findings } from "@overlap/lab";
import type { ExperimentPage } from "@overlap/report/page";
import type { Command } from "commander";
import { ReportFolderError } from "./errors.ts";
import { makeFolder } from "./make-folder.ts";
import { PAGE_FORMS, type PageForm, pageForms, writePageForms } from "./page-forms.ts";
import { addTraceFlag, type TraceFlags, writeTraceFile } from "./recording.ts";
import { print } from "./stdout.ts";

/** Flags that every experiment has. */
export interface OutputFlags extends TraceFlags {
  readonly report?: string;
  readonly format?: readonly PageForm[];
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
    .option("--format <names>", `forms of it, out of ${PAGE_FORMS.join(", ")} (default: html)`, pageForms)
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
    await makeFolder(folder);
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
  flags: OutputFlags,
): Promise<void> {
  const { report, format, json, trace } = flags;
  const { textTable } = await import("@overlap/report");
  if (trace !== undefined) await writeTraceFile(trace, findings.records?.() ?? []);
  const where =
    report === undefined
      ? "Add --report DIR for a page with figures and timelines."
      : await writeForms(await findings.page(), name, report, format);
  if (json === true) {
    await print(`${JSON.stringify(findings.json(), null, 2)}\n`);
    return;
  }
  const table = findings.table();
  await print(`${textTable(table.columns, table.rows)}\n\n${findings.diagnosis().headline}\n\n${where}\n`);
}

/** Gives a sentence that says where they are. */
async function writeForms<Row>(
  page: ExperimentPage<Row>,
  name: string,
  folder: string,
  forms: readonly PageForm[] = ["html"],
): Promise<string> {
  const files = await writePageForms(page, forms, { folder, file: `${name}.html`, prefix: `${name}-` });
  const shown = files.map((file) => relative(process.cwd(), file));
  if (forms.length > 1 || !forms.includes("html")) return `Written: ${shown.join(", ")}`;
  return `${whereIs(page, `${folder}/${name}.html`)}: open it in a browser.`;
}

/** Writes a page as a file; gives a sentence that says where it is. @throws ReportFolderError. */
export async function writePage<Row>(file: string, page: ExperimentPage<Row>): Promise<string> {
  await writePageForms(page, ["html"], { folder: dirname(file), file: basename(file) });
  return whereIs(page, file);
}

function whereIs({ strategies }: Pick<ExperimentPage<never>, "strategies">, file: string): string {
  return `${strategies.length > 0 ? "The timelines are in" : "The page is"} ${relative(process.cwd(), file)}`;
}
