import type { Command } from "commander";
import { PAGE_FORMS, type PageForm, pageForms } from "./page-forms.ts";
import { addTraceFlag, type TraceFlags } from "./recording.ts";

/** Flags of a command that runs something and shows what it took. */
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
