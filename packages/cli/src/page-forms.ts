import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExperimentPage, ExportFormat } from "@overlap/report/page";
import { InvalidArgumentError } from "commander";
import { ReportFolderError } from "./errors.ts";
import { names } from "./numbers.ts";

/** A form in which a page can be had. */
export type PageForm = ExportFormat | "html";

/** Every {@link PageForm}. */
export const PAGE_FORMS: readonly PageForm[] = ["html", "svg", "csv", "json", "md"];

/** For flags that take forms, with commas between them. */
export function pageForms(text: string): PageForm[] {
  return names(text).map((name) => {
    const known = PAGE_FORMS.find((form) => form === name);
    if (known === undefined)
      throw new InvalidArgumentError(`Expected names out of ${PAGE_FORMS.join(", ")}.`);
    return known;
  });
}

/** Where a page is written. */
interface PagePlace {
  readonly folder: string;
  /** The HTML file, with its ending. */
  readonly file: string;
  /** Stands before the names of all other files. @default nothing */
  readonly prefix?: string;
}

/** Writes a page in each of these forms; gives the files, that of the page first. @throws ReportFolderError. */
export async function writePageForms<Row>(
  page: ExperimentPage<Row>,
  forms: readonly PageForm[],
  { folder, file, prefix = "" }: PagePlace,
): Promise<string[]> {
  const { exportFiles, renderPage } = await import("@overlap/report/page");
  const others = forms.filter((name): name is ExportFormat => name !== "html");
  const contents = exportFiles(page, others).map(({ name, text }) => ({ name: `${prefix}${name}`, text }));
  if (forms.includes("html")) contents.unshift({ name: file, text: renderPage(page) });
  for (const { name, text } of contents) await writeInto(join(folder, name), text);
  return contents.map(({ name }) => join(folder, name));
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new ReportFolderError(`cannot write ${file} (${(cause as Error).message})`, { cause });
  }
}
