import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ExperimentPage, ExportFormat } from "@overlap/report/page";
import { Command, InvalidArgumentError } from "commander";
import { ReportFolderError } from "./errors.ts";
import { prepareReportFolder } from "./experiment-output.ts";
import { names } from "./numbers.ts";
import { print } from "./stdout.ts";
import { readRuns } from "./stored-runs.ts";

interface ReportFlags {
  readonly out: string;
  readonly format: readonly ReportFormat[];
  readonly json?: boolean;
}

type ReportFormat = ExportFormat | "html";

const FORMATS: readonly ReportFormat[] = ["html", "svg", "csv", "json", "md"];

const help = `
A trace is what --trace FILE.ndjson of another command wrote. It may hold several runs, such as the strategies of an experiment;
several runs, of one file or of two, are compared. Of a run that was repeated, the median stands for all.

Examples:
  overlap lab crawl --trace before.ndjson
  overlap report before.ndjson --out before
  overlap report before.ndjson after.ndjson --format html,csv`;

/** `overlap report`. */
export function createReportCommand(): Command {
  return new Command("report")
    .description("say where the time of a recorded run went, and draw it; compare two")
    .argument("<trace>", "what --trace of another command wrote")
    .argument("[other]", "another one, to compare the two")
    .option("--out <dir>", "folder for the page", "overlap-report")
    .option("--format <names>", `what to write, out of ${FORMATS.join(", ")}, with commas between`, formats, [
      "html",
    ])
    .option("--json", "print one JSON document instead of the sentences")
    .addHelpText("after", help)
    .action(report);
}

async function report(trace: string, other: string | undefined, flags: ReportFlags): Promise<void> {
  await prepareReportFolder(flags.out);
  const runs = [...(await readRuns(trace)), ...(other === undefined ? [] : await readRuns(other))];
  const { pageOfRuns } = await import("@overlap/report/page");
  const page = pageOfRuns(runs);
  const files = await writeForms(page, flags);
  await print(
    flags.json === true
      ? await documentOf(page)
      : `${page.diagnosis.headline}\n${page.diagnosis.why}\n\n${list(files)}\n`,
  );
}

/** Writes the page in each form that was asked for; gives the files. */
async function writeForms<Row>(page: ExperimentPage<Row>, { out, format }: ReportFlags): Promise<string[]> {
  const { exportFiles, renderPage } = await import("@overlap/report/page");
  const others = format.filter((name): name is ExportFormat => name !== "html");
  const contents = exportFiles(page, others);
  if (format.includes("html")) contents.unshift({ name: "report.html", text: renderPage(page) });
  for (const { name, text } of contents) await writeInto(join(out, name), text);
  return contents.map(({ name }) => relative(process.cwd(), join(out, name)));
}

async function documentOf<Row>(page: ExperimentPage<Row>): Promise<string> {
  const { exportFiles } = await import("@overlap/report/page");
  return exportFiles(page, ["json"])
    .map(({ text }) => text)
    .join("");
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new ReportFolderError(`cannot write ${file} (${(cause as Error).message})`, { cause });
  }
}

function list(files: readonly string[]): string {
  return `Written: ${files.join(", ")}`;
}

function formats(text: string): ReportFormat[] {
  return names(text).map((name) => {
    const known = FORMATS.find((format) => format === name);
    if (known === undefined) throw new InvalidArgumentError(`Expected names out of ${FORMATS.join(", ")}.`);
    return known;
  });
}
