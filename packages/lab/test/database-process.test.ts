import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { DatabaseDiedError, OptionError, PortInUseError, spawnDatabase, startDatabase } from "@overlap/lab";
import { describe, expect, test } from "vitest";
import { add, ask, processEnd, rowsOf, statsWhen, temporaryFolder } from "./database-client.ts";

interface ReadyLine {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly file: string;
}

/** Another program that uses this package; it is killed at the end of the scope. */
class Program implements AsyncDisposable {
  readonly child: ChildProcess;

  constructor(source: string) {
    const flags = ["--conditions=@overlap/source", "--input-type=module", "-e", source];
    const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
    this.child = spawn(process.execPath, flags, { cwd: import.meta.dirname, stdio });
  }

  async firstLine(): Promise<ReadyLine> {
    if (this.child.stdout === null) throw new Error("stdout is a pipe");
    const [line] = (await once(createInterface(this.child.stdout), "line")) as [string];
    return JSON.parse(line);
  }

  async exit(): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode ?? this.child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exit();
  }
}

describe("serveDatabase", () => {
  const serve = (options: string) => `
    import { serveDatabase } from "@overlap/lab";
    process.exitCode = await serveDatabase(${options});`;

  test.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("prints one ready line and ends cleanly on %s with exit code %i", async (signal, code) => {
    await using program = new Program(serve("{ delayMs: 1000 }"));
    const { address, port, pid, file } = await program.firstLine();
    expect([address, pid]).toEqual([`http://127.0.0.1:${port}`, program.child.pid]);
    const answers = Array.from({ length: 20 }, () => ask(`${address}/add?name=a`));
    await statsWhen(address, (stats) => stats.inFlight === 20);
    program.child.kill(signal);
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect(await program.exit()).toBe(code);
    expect(existsSync(file)).toBe(false);
  });

  test("ends at once when it is interrupted again while it waits for a long request", async () => {
    using folder = temporaryFolder();
    const file = JSON.stringify(folder.file("rows.sqlite"));
    await using program = new Program(serve(`{ delayMs: 600_000, file: ${file} }`));
    const { address } = await program.firstLine();
    const cut = fetch(`${address}/add`);
    await statsWhen(address, (stats) => stats.inFlight === 1);
    const exit = program.exit();
    const interrupting = setInterval(() => program.child.kill("SIGINT"), 50);
    await expect(cut).rejects.toThrow();
    expect(await exit).toBe("SIGINT");
    clearInterval(interrupting);
  });

  test("rejects with a stable code when the port is in use", async () => {
    await using database = await startDatabase();
    await using program = new Program(`
      import { serveDatabase } from "@overlap/lab";
      const error = await serveDatabase({ port: ${database.port} }).catch((error) => error);
      console.log(JSON.stringify({ address: error.code }));`);
    expect(await program.firstLine()).toEqual({ address: "OVERLAP_LAB_PORT_IN_USE" });
    expect(await program.exit()).toBe(0);
  });
});

describe("spawnDatabase", () => {
  test("starts a process of its own, which tells its CPU time and ends on stop", async () => {
    const database = await spawnDatabase({ delayMs: 0, capacity: Number.POSITIVE_INFINITY });
    expect(database.pid).not.toBe(process.pid);
    expect(await add(database.address, "name=a")).toMatchObject({ id: 1 });
    const cpuMs = await database.cpuMs();
    expect(cpuMs).toBeGreaterThan(0);
    expect(await database.cpuMs()).toBeGreaterThanOrEqual(cpuMs);
    await database.stop();
    await database.stop();
    await processEnd(database.pid);
    expect(existsSync(database.file)).toBe(false);
    await expect(database.cpuMs()).rejects.toThrow(DatabaseDiedError);
    await expect(database.cpuMs()).rejects.toThrow(database.address);
  });

  test("answers what is in service before it stops", async () => {
    using folder = temporaryFolder();
    const file = folder.file("rows.sqlite");
    const database = await spawnDatabase({ delayMs: 1_000, file });
    const answers = Array.from({ length: 10 }, () => add(database.address, "name=a"));
    await statsWhen(database.address, (stats) => stats.inFlight === 10);
    await database.stop();
    const rows = await Promise.all(answers);
    await using again = await startDatabase({ file });
    expect(await rowsOf(again.address)).toEqual(rows.sort((a, b) => a.id - b.id));
  });

  test("passes on why the database could not start", async () => {
    await using database = await startDatabase();
    await expect(spawnDatabase({ port: database.port })).rejects.toThrow(PortInUseError);
    await expect(spawnDatabase({ capacity: -3 })).rejects.toThrow(OptionError);
  });

  test("quotes stderr when the process dies before it is ready", async () => {
    const options = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = "--no-such-flag";
    try {
      const died = spawnDatabase();
      await expect(died).rejects.toThrow(DatabaseDiedError);
      await expect(died).rejects.toThrow(/before it was ready \(exit code 9: .*--no-such-flag/s);
    } finally {
      if (options === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = options;
    }
  });

  test("ignores Ctrl-C, as the program that started it stops it", async () => {
    await using database = await spawnDatabase({ delayMs: 0 });
    process.kill(database.pid, "SIGINT");
    expect(await add(database.address, "name=a")).toMatchObject({ id: 1 });
  });
});

describe("the process of a spawned database", () => {
  const parent = (then: string, options = "{ delayMs: 0 }") => `
    import { spawnDatabase } from "@overlap/lab";
    const database = await spawnDatabase(${options});
    console.log(JSON.stringify(database));
    ${then}`;

  test("ends when its parent is killed", async () => {
    await using program = new Program(parent("setInterval(() => {}, 1_000);"));
    const { pid, address, file } = await program.firstLine();
    await add(address, "name=a");
    program.child.kill("SIGKILL");
    await processEnd(pid);
    expect(existsSync(file)).toBe(false);
  });

  test("ends when its parent is killed while a request is in service for long", async () => {
    using folder = temporaryFolder();
    const options = JSON.stringify({ file: folder.file("rows.sqlite") });
    await using program = new Program(parent("setInterval(() => {}, 1_000);", options));
    const { pid, address } = await program.firstLine();
    const cut = fetch(`${address}/add?delay=600000`);
    await statsWhen(address, (stats) => stats.inFlight === 1);
    program.child.kill("SIGKILL");
    await expect(cut).rejects.toThrow();
    await processEnd(pid);
  });

  test("keeps no parent alive that has nothing else to do, and ends with it", async () => {
    await using program = new Program(parent(""));
    const { pid } = await program.firstLine();
    expect(await program.exit()).toBe(0);
    await processEnd(pid);
  });

  test("ends with a parent that fails", async () => {
    await using program = new Program(parent("process.exit(3);"));
    const { pid } = await program.firstLine();
    expect(await program.exit()).toBe(3);
    await processEnd(pid);
  });
});
