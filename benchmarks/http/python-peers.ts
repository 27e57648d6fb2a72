import { execFile } from "node:child_process";
import { promisify } from "node:util";

const clients = ["aiohttp", "tornado", "gevent"];

/** The clients of the notes and their versions; `null` for those that are not installed. */
export async function findPythonPeers(): Promise<Readonly<Record<string, string | null>>> {
  const found: Record<string, string | null> = {};
  for (const name of clients) found[name] = await versionOf(name);
  return found;
}

async function versionOf(name: string): Promise<string | null> {
  const program = `import ${name}, importlib.metadata as m; print(m.version("${name}"))`;
  const { stdout } = await promisify(execFile)("python3", ["-c", program]).catch(() => ({ stdout: "" }));
  return stdout.trim() || null;
}
