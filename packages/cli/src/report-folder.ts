import { access, constants } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import type { ExperimentPage } from "@overlap/report/page";
import { ReportFolderError } from "./errors.ts";
import { makeFolder } from "./make-folder.ts";
import { type PageForm, writePageForms } from "./page-forms.ts";

/**
 * Makes the report folder before anything runs, so that a folder that can't be written costs no run.
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

/** Writes a page as a file; gives a sentence that says where it is. @throws ReportFolderError. */
export async function writePage<Row>(file: string, page: ExperimentPage<Row>): Promise<string> {
  await writePageForms(page, ["html"], { folder: dirname(file), file: basename(file) });
  return whereIs(page, file);
}

/** Writes a page in these forms into the folder; gives a sentence that says where they are. @throws ReportFolderError. */
export async function writeForms<Row>(
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

function whereIs({ strategies }: Pick<ExperimentPage<never>, "strategies">, file: string): string {
  return `${strategies.length > 0 ? "The timelines are in" : "The page is"} ${relative(process.cwd(), file)}`;
}
