import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { inFolder, linesOf, run, useJobFolder, write } from "./job-folder.ts";

useJobFolder();

const readme = new URL("../../../pipeline/README.md", import.meta.url);

/** The blocks that follow each other under "A job file": the job, the commands, what they print. */
async function blocks(): Promise<{ job: string; commands: string[]; output: string }> {
  const section = /## A job file\n([\s\S]*?)\n## /.exec(await readFile(readme, "utf8"))?.[1] ?? "";
  const [job = "", commands = "", output = ""] = [...section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );
  return { job, commands: commands.trim().split("\n"), output };
}

/** What doesn't depend on how fast it went. */
function withoutNumbers(text: string): string[] {
  return text
    .replaceAll(/\d+([.,]\d+)*( m?s)?/g, "#")
    .replaceAll("─", "")
    .trim()
    .split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
}

it("a job file written from the README alone runs at the first try, and prints what is said there", async () => {
  const { job, commands, output } = await blocks();
  const [prepare = "", runIt = ""] = commands;
  await write("job.ts", job);
  execFileSync("sh", ["-c", prepare], { cwd: inFolder(".") });
  expect(runIt).toBe("npx overlap run job.ts");
  const { code, stderr } = await run("job.ts");
  expect(withoutNumbers(stderr)).toEqual(withoutNumbers(output));
  expect(code).toBe(0);
  const sha256 = createHash("sha256").update(job).digest("hex");
  expect(await linesOf("checksums.csv")).toEqual(["path,sha256", `job.ts,${sha256}`]);
});

it("the job file in the help of the command runs too", async () => {
  const server = createServer((request, response) => response.end(`page ${request.url}`)).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  try {
    const { stdout } = await run("--help");
    const [job = ""] = /^ {2}\/\/ pages\.ts\n(?: {2}.*\n|\n)+/m.exec(stdout) ?? [];
    await write("pages.ts", job);
    const { port } = server.address() as AddressInfo;
    await write("urls.txt", `http://127.0.0.1:${port}/a\nhttp://127.0.0.1:${port}/b\n`);
    const { code } = await run("pages.ts");
    expect(code).toBe(0);
    const texts = (await linesOf("pages.ndjson")).map((line) => (JSON.parse(line) as { text: string }).text);
    expect(texts.toSorted()).toEqual(["page /a", "page /b"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
