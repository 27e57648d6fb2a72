import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Breakdown, Diagnosis } from "@overlap/report";
import { formatMs, formatShare, textTable } from "@overlap/report";
import { attribute } from "./diagnosis/attribution.ts";
import type { Situation } from "./diagnosis/situation.ts";
import { situations } from "./diagnosis/situations.ts";

const RUNS = Number(process.env.RUNS ?? 10);
const child = fileURLToPath(new URL("./diagnosis/child.ts", import.meta.url));
const execute = promisify(execFile);

interface Said {
  readonly diagnosis: Diagnosis;
  readonly breakdown: Breakdown;
  readonly meanInFlight: number;
  readonly wallMs: number;
}

interface Row {
  readonly situation: Situation;
  readonly said: readonly Said[];
}

/**
 * Builds each situation for real, ten times (or `RUNS` times), and prints what was said of it against what is true; then the
 * attribution of three stretches of time.
 */
export async function bench(): Promise<void> {
  const rows: Row[] = situations.map((situation) => ({ situation, said: [] }));
  for (let run = 0; run < RUNS; run++) {
    for (const [index, row] of rows.entries()) (row.said as Said[]).push(await runOnce(index));
  }
  console.log(textTable(columns, rows));
  for (const { situation, said } of rows)
    console.log(`\n${situation.name} (${situation.truth}):\n  ${said[0]?.diagnosis.headline}`);
  for (const { situation, said } of rows) reportWrong(situation, said);
  console.log(`\n${textTable(attributionColumns, await attribute())}`);
}

async function runOnce(index: number): Promise<Said> {
  const args = ["--conditions=@overlap/source", child, String(index)];
  const environment = { ...process.env, ...situations[index]?.environment };
  const { stdout } = await execute(process.execPath, args, { env: environment });
  return JSON.parse(stdout) as Said;
}

function reportWrong({ name, rule }: Situation, said: readonly Said[]): void {
  for (const { diagnosis, breakdown, meanInFlight } of said) {
    if (diagnosis.rule === rule || isTooCrowded({ diagnosis })) continue;
    const parts = Object.entries(breakdown).map(([part, ms]) => `${part} ${Math.round(ms as number)}`);
    console.log(
      `\nwrong about ${name}: ${diagnosis.headline}\n  ${parts.join(", ")}, in flight ${meanInFlight.toFixed(1)}`,
    );
  }
}

/** Other programs had the cores for so long that nothing is said: neither right nor wrong. */
function isTooCrowded({ diagnosis }: Pick<Said, "diagnosis">): boolean {
  return diagnosis.headline.includes("other programs had the cores");
}

const columns = [
  { header: "situation", value: ({ situation }: Row) => situation.name },
  { header: "true", value: ({ situation }: Row) => situation.rule },
  {
    header: "right",
    value: ({ situation, said }: Row) =>
      said.filter(({ diagnosis }) => diagnosis.rule === situation.rule).length,
  },
  { header: "too crowded", value: ({ said }: Row) => said.filter(isTooCrowded).length },
  { header: "of", value: ({ said }: Row) => said.length },
  ...(["javascriptMs", "crowdedOutMs", "blockedMs", "waitingMs", "nothingMs", "otherCpuMs"] as const).map(
    (part) => ({
      header: part.replace("Ms", ""),
      value: ({ said }: Row) =>
        said.reduce((sum, { breakdown, wallMs }) => sum + breakdown[part] / wallMs, 0) / said.length,
      format: formatShare,
    }),
  ),
];

const attributionColumns = [
  { header: "stretch", value: (row: Attributed) => row.what },
  { header: "true", value: (row: Attributed) => row.trueMs, format: formatMs },
  { header: "said", value: (row: Attributed) => row.saidMs, format: formatMs },
  {
    header: "off by",
    value: (row: Attributed) => Math.abs(row.saidMs / row.trueMs - 1),
    format: formatShare,
  },
];

type Attributed = Awaited<ReturnType<typeof attribute>>[number];
