import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Diagnosis, Table } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { ReportFolderError } from "./errors.ts";

/** Flags that every experiment has. */
export interface OutputFlags {
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What an experiment found, in the forms in which it can be shown. */
interface Findings<Row> {
  readonly json: () => object;
  readonly table: () => Table<Row>;
  readonly diagnosis: () => Diagnosis;
  readonly page: () => ExperimentPage<Row>;
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
  { report, json }: OutputFlags,
): Promise<void> {
  const { textTable } = await import("@overlap/report");
  const file = report === undefined ? undefined : join(report, `${name}.html`);
  if (file !== undefined) await writePage(file, findings.page());
  if (json === true) {
    process.stdout.write(`${JSON.stringify(findings.json(), null, 2)}\n`);
    return;
  }
  const table = findings.table();
  process.stdout.write(`${textTable(table.columns, table.rows)}\n\n${findings.diagnosis().headline}\n\n`);
  process.stdout.write(
    file === undefined
      ? "Add --report DIR for a page with the timeline of each strategy.\n"
      : `The timelines are in ${relative(process.cwd(), file)}: open it in a browser.\n`,
  );
}

/** Writes a page. @throws ReportFolderError. */
export async function writePage<Row>(file: string, page: ExperimentPage<Row>): Promise<void> {
  const { renderPage } = await import("@overlap/report/page");
  try {
    await writeFile(file, renderPage(page));
  } catch (cause) {
    throw new ReportFolderError(`cannot write ${file} (${(cause as Error).message})`, { cause });
  }
}
