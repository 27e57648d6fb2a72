import type { Column } from "@overlap/report";
import { Command } from "commander";
import { print } from "../stdout.ts";

/** An experiment and the systems of the study notes that it shows. */
export interface ListedExperiment {
  /** Their numbers; the README of `@overlap/lab` says what they are. */
  readonly systems: string;
  readonly command: Command;
}

const help = `
Example:
  overlap lab list --json`;

/** `overlap lab list`. */
export function createLabListCommand(experiments: readonly ListedExperiment[]): Command {
  return new Command("list")
    .description("list the experiments")
    .option("--json", "print one JSON document instead of the table")
    .addHelpText("after", help)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const rows = experiments.map(({ systems, command }) => ({
        name: command.name(),
        systems,
        description: command.description(),
      }));
      const text = json === true ? JSON.stringify({ experiments: rows }, null, 2) : await listTable(rows);
      await print(`${text}\n`);
    });
}

interface ListRow {
  readonly name: string;
  readonly systems: string;
  readonly description: string;
}

const columns: readonly Column<ListRow>[] = [
  { header: "overlap lab …", value: (row) => row.name },
  { header: "shows", value: (row) => row.systems },
  { header: "what it does", value: (row) => row.description },
];

async function listTable(rows: readonly ListRow[]): Promise<string> {
  const { textTable } = await import("@overlap/report");
  return `${textTable(columns, rows)}\n\nEach has --help with an example. S2 and so on are systems of the study notes: see the README of @overlap/lab.`;
}
