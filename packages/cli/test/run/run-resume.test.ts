import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../cli.ts";
import { inFolder, linesOf, run, startRun, untilLines, useJobFolder, write } from "./job-folder.ts";

useJobFolder();

const items = 3_000;
const concurrency = 20;
const batch = 10;

const job = `
  import { ndjsonFile, pipeline, range } from "@overlap/pipeline";
  export default pipeline(range(0, ${items}))
    .io("wait", async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { n };
    }, { concurrency: ${concurrency} })
    .batch({ items: ${batch} })
    .to(ndjsonFile("out.ndjson"), { journal: "journal" });
`;

const all = Array.from({ length: items }, (_, n) => n);

async function saved(): Promise<number[]> {
  const numbers = (await linesOf("out.ndjson")).map((line) => (JSON.parse(line) as { n: number }).n);
  return numbers.toSorted((a, b) => a - b);
}

async function untilSaid(stream: Readable | null, text: string): Promise<void> {
  let said = "";
  while (!said.includes(text)) {
    const [chunk] = (await once(stream as Readable, "data")) as [Buffer];
    said += chunk.toString();
  }
}

describe("an interrupted overlap run", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "finishes what is in flight at %s, ends with code 130, and goes on with the command that it prints",
    async (signal) => {
      await write("job.ts", job);
      const child = startRun("job.ts", "--concurrency", `wait=${concurrency}`, "--journal", "it's a journal");
      const outcome = outcomeOf(child);
      await untilLines("out.ndjson", 100);
      child.kill(signal);
      const { code, stderr } = await outcome;
      expect(code).toBe(130);
      expect(stderr).toContain(`interrupted by ${signal}; finishing what is in flight`);
      const savedBefore = await saved();
      expect(new Set(savedBefore).size).toBe(savedBefore.length);
      expect(savedBefore.length).toBeLessThan(items);

      const [, command = ""] = /Go on with:\n {2}(.*)\n$/.exec(stderr) ?? [];
      const again = execFileSync("sh", ["-c", `${command} --json`], {
        cwd: dirname(inFolder("job.ts")),
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(JSON.parse(again)).toMatchObject({ ended: "source", skipped: savedBefore.length });
      expect(await saved()).toEqual(all);
    },
  );

  it("cancels what takes longer than the grace period, and says that it was not finished", async () => {
    await write(
      "job.ts",
      `import { pipeline, range } from "@overlap/pipeline";
       export default pipeline(range(0, 100))
         .io("hang", (n: number, { signal }) => {
           if (n === 0) console.log("begun");
           return new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
         }, { concurrency: 5 })
         .to(() => {});`,
    );
    const child = startRun("job.ts", "--grace", "50");
    const outcome = outcomeOf(child);
    await once(child.stdout as Readable, "data");
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(stderr).toContain("0 delivered, 5 not finished");
    expect(stderr).toContain("give .to() a journal, or add --journal FILE");
    expect(code).toBe(130);
  });

  it("ends at once when it is interrupted again", async () => {
    await write(
      "job.ts",
      `import { pipeline, range } from "@overlap/pipeline";
       setInterval(() => {}, 1_000);
       export default pipeline(range(0, 100))
         .io("hang", () => { console.log("begun"); return new Promise<number>(() => {}); }, { concurrency: 1 })
         .to(() => {});`,
    );
    const child = startRun("job.ts");
    const closed = once(child, "close");
    await untilSaid(child.stdout, "begun");
    child.kill("SIGINT");
    await untilSaid(child.stderr, "once more ends at once");
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
  });

  it("loses nothing when it is killed, and repeats no more than was in flight", async () => {
    await write("job.ts", job);
    let kills = 0;
    for (const lines of [50, 600, 1_500]) {
      const child = startRun("job.ts", "--resume", "--quiet");
      const closed = once(child, "close");
      await untilLines("out.ndjson", lines);
      child.kill("SIGKILL");
      await closed;
      kills++;
    }
    const { code, stdout } = await run("job.ts", "--resume", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ended: "source", failed: 0 });
    const numbers = await saved();
    expect([...new Set(numbers)]).toEqual(all);
    expect(numbers.length - items).toBeLessThanOrEqual(kills * (concurrency + 4 * batch));
  });

  it("saves each row exactly once where the sink keeps the journal, however often it is killed", async () => {
    await write(
      "job.ts",
      `import { pipeline, range, sqliteTable } from "@overlap/pipeline";
       export default pipeline(range(0, ${items}))
         .io("wait", async (n: number) => {
           await new Promise((resolve) => setTimeout(resolve, 5));
           if (n % 100 === 0) console.log(n);
           return { n };
         }, { concurrency: ${concurrency} })
         .batch({ items: ${batch} })
         .to(sqliteTable("out.db", "numbers"), { journal: "in-sink" });`,
    );
    for (const reached of ["\n300\n", "\n1400\n"]) {
      const child = startRun("job.ts", "--resume", "--quiet");
      const closed = once(child, "close");
      await untilSaid(child.stdout, reached);
      child.kill("SIGKILL");
      await closed;
    }
    expect((await run("job.ts", "--resume", "--quiet")).code).toBe(0);
    const { DatabaseSync } = await import("node:sqlite");
    using db = new DatabaseSync(inFolder("out.db"));
    const rows = db.prepare("SELECT n FROM numbers ORDER BY n").all() as { n: number }[];
    expect(rows.map(({ n }) => n)).toEqual(all);
  });
});
