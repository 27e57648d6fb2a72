import type { Findings } from "@overlap/lab";
import type { OutputFlags } from "../output-flags.ts";
import { writeTraceFile } from "../recording.ts";
import { writeForms } from "../report-folder.ts";
import { print } from "../stdout.ts";

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
