import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const program = `
  const server = require("node:http").createServer((request, response) => setTimeout(() => response.end("hello"), 20));
  server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
  process.stdin.on("end", () => process.exit()).resume();
`;

/** A server that goes on while this process is blocked, and ends with the test. */
export async function startChildServer(): Promise<{ readonly url: string }> {
  const child = spawn(process.execPath, ["--eval", program], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    const exited = once(child, "exit");
    child.stdin.end();
    await exited;
  });
  const [line] = await once(child.stdout, "data");
  return { url: String(line).trim() };
}
