import { basename, join, relative } from "node:path";
import { textTable } from "@overlap/report";
import { writePage } from "../report-folder.ts";
import { diagnoseJob } from "./job-diagnosis.ts";
import { jobPage } from "./job-page.ts";
import type { EndedRun } from "./job-run.ts";
import { stageTable, tally } from "./job-summary.ts";
import type { NextStep } from "./next-steps.ts";
import { explainRunFailure, failureJson } from "./run-failure.ts";

/** Writes the page of a run, and gives its path. @throws ReportFolderError. */
export async function writeJobPage(file: string, folder: string, run: EndedRun): Promise<string> {
  const name = basename(file).replace(/\.[cm]?[jt]s$/, "");
  const path = join(folder, `${name}.html`);
  await writePage(path, jobPage(basename(file), run));
  return path;
}

/** What a person reads in the end: the stages in numbers, what became of the items, what limited the run. */
export function runSummary(run: EndedRun, page: string | null): string {
  if (run.stages.length === 0) return ""; // it was refused before anything was opened
  const { columns, rows } = stageTable(run);
  const parts = [`${textTable(columns, rows)}\n`, tally(run)];
  if (run.ended !== "error") parts.push(diagnoseJob(run).headline);
  if (page !== null) parts.push(`The timeline is in ${relative(process.cwd(), page)}: open it in a browser.`);
  return `${parts.join("\n")}\n`;
}

/** What went wrong, and what can be done next. Never left out. */
export function closingWords(run: EndedRun, steps: readonly NextStep[]): string {
  const failure = run.ended === "error" ? [explainRunFailure(run.error).message] : [];
  const next = steps.flatMap(({ why, command }) => (command === undefined ? [why] : [why, `  ${command}`]));
  return [...failure, ...next].map((line) => `${line}\n`).join("");
}

/** The same for programs. */
export function runJson(
  file: string,
  run: EndedRun,
  { page, steps }: { readonly page: string | null; readonly steps: readonly NextStep[] },
): object {
  const { items, delivered, dropped, rejected, failed, skipped, retries, stages, wallMs, ended, times } = run;
  const { rule, headline, why } = diagnoseJob(run);
  return {
    job: file,
    ended,
    ...(ended === "error" && { error: failureJson(run.error) }),
    items,
    delivered,
    dropped,
    rejected,
    failed,
    skipped,
    retries,
    wallMs,
    cpuMs: times.processCpuMs,
    diagnosis: { rule, headline, why },
    stages,
    next: steps,
    ...(page !== null && { page }),
  };
}
