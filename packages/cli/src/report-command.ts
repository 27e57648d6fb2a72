import { relative } from "node:path";
import type { ExperimentPage } from "@overlap/report/page";
import { Command } from "commander";
import { PAGE_FORMS, type PageForm, pageForms, writePageForms } from "./page-forms.ts";
import { prepareReportFolder } from "./report-folder.ts";
import { print } from "./stdout.ts";
import { readRuns } from "./stored-runs.ts";

interface ReportFlags {
  readonly out: string;
  readonly format: readonly PageForm[];
  readonly json?: boolean;
}

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
    .option(
      "--format <names>",
      `what to write, out of ${PAGE_FORMS.join(", ")}, with commas between`,
      pageForms,
      ["html"],
    )
    .option("--json", "print one JSON document instead of the sentences")
    .addHelpText("after", help)
    .action(report);
}

async function report(trace: string, other: string | undefined, flags: ReportFlags): Promise<void> {
  await prepareReportFolder(flags.out);
  const runs = [...(await readRuns(trace)), ...(other === undefined ? [] : await readRuns(other))];
  const { pageOfRuns } = await import("@overlap/report/page");
  const page = pageOfRuns(runs);
  const files = await writePageForms(page, flags.format, { folder: flags.out, file: "report.html" });
  await print(
    flags.json === true
      ? await documentOf(page)
      : `${page.diagnosis.headline}\n${page.diagnosis.why}\n\n${list(files)}\n`,
  );
}

async function documentOf<Row>(page: ExperimentPage<Row>): Promise<string> {
  const { exportFiles } = await import("@overlap/report/page");
  return exportFiles(page, ["json"])
    .map(({ text }) => text)
    .join("");
}

function list(files: readonly string[]): string {
  return `Written: ${files.map((file) => relative(process.cwd(), file)).join(", ")}`;
}
