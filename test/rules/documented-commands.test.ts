import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDocuments, readRootManifest, root } from "../repository/workspace.ts";
import { documentedCommands, type Machine } from "./documented-commands.ts";

const pages: Readonly<Record<string, string>> = {
  "": "Usage: overlap [options] [command]\n\nOptions:\n  -V, --version  number\n\nCommands:\n  serve [options]  the database\n  lab              experiments\n  run|r <file>     a job\n",
  serve: "Usage: overlap serve [options]\n\nOptions:\n  --port <n>  port\n  --reject    429\n",
  lab: "Usage: overlap lab [options] [command]\n\nCommands:\n  hash [options]  hash and save\n",
  "lab hash": "Usage: overlap lab hash [options]\n\nOptions:\n  --items <n>\n  --json\n",
  run: "Usage: overlap run [options] <file>\n\nOptions:\n  --resume\n",
};

const machine: Machine = {
  scripts: { test: "vitest", check: "tsc", start: "overlap" },
  hasBinary: (name) => name === "vitest",
  hasFile: (path) => path === "examples/01-loop.ts",
  help: (path) => pages[path.join(" ")] ?? "",
};

/** What the rule says of a shell block. */
function verdict(commands: string, info = "sh"): readonly string[] {
  return documentedCommands(
    [{ path: "README.md", text: `# Title\n\n\`\`\`${info}\n${commands}\n\`\`\`\n` }],
    machine,
  );
}

test("every command in the documents exists, with its flags", () => {
  const documents = readDocuments([
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "packages/*/README.md",
    "docs/**/*.md",
  ]);
  expect(documentedCommands(documents, thisMachine())).toEqual([]);
});

test.each([
  "npm ci && npm start",
  "npm test -- packages/loop # quick",
  "npm run -s check; npm install",
  "git clone https://example.org/overlap && cd overlap",
  "npx vitest run test",
  "node --conditions=@overlap/source examples/01-loop.ts",
  "npx overlap --version",
  "npx overlap serve --port 8000 --reject &",
  "overlap lab hash --items 600,serial=60 --json | jq .strategies",
  "npx overlap lab hash \\\n  --items=3",
  "npx overlap run job.ts --resume",
  "CI=true npm test",
  "npm --version && export CI=true && CI=true",
])("accepts %s", (commands) => {
  expect(verdict(commands)).toEqual([]);
});

test.each([
  ["npm run deploy", "package.json has no script deploy"],
  ["npm ci && npm run deploy", "package.json has no script deploy"],
  ["npm tests", "npm has no command tests"],
  ["npx jest", "nothing installs a command jest"],
  ["node examples/02-none.ts", "there is no examples/02-none.ts"],
  ["npx overlap crawl", "overlap crawl is not a command"],
  ["npx overlap lab hush --json", "overlap lab hush is not a command"],
  ["npx overlap serve --prot 1", "overlap serve --help does not list --prot"],
  ["overlap lab hash --item 1", "overlap lab hash --help does not list --item"],
  ["overlap lab hash --json --items 1 \\\n  --quiet", "overlap lab hash --help does not list --quiet"],
])("refuses %s", (commands, problem) => {
  expect(verdict(commands)).toEqual([expect.stringContaining(problem)]);
});

test("takes only the lines after a prompt where there is one, in any block", () => {
  expect(verdict("$ npm start\nnpm run deploy", "text")).toEqual([]);
  expect(verdict("$ npm run deploy", "text")).toEqual([
    "README.md:4 says npm run deploy: package.json has no script deploy",
  ]);
  expect(verdict("npm run deploy", "text")).toEqual([]);
});

test("reads commands in the text too", () => {
  const text = "# Title\n\nThen `npm run deploy`, not `npm test`.";
  expect(documentedCommands([{ path: "a.md", text }], machine)).toEqual([
    "a.md:3 says npm run deploy: package.json has no script deploy",
  ]);
});

/** The repository as it is built, asking each help page once. */
function thisMachine(): Machine {
  const known = new Map<string, string>();
  return {
    scripts: readRootManifest().scripts ?? {},
    hasBinary: (name) => existsSync(join(root, "node_modules", ".bin", name)),
    hasFile: (path) => existsSync(join(root, path)),
    help: (path) => {
      const text = known.get(path.join(" ")) ?? helpOf(path);
      known.set(path.join(" "), text);
      return text;
    },
  };
}

function helpOf(path: readonly string[]): string {
  const command = join(root, "packages/cli");
  if (!existsSync(join(command, "dist/main.js")))
    throw new Error("packages/cli/dist is missing: run npm run build first");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(command, "bin/overlap.js"), ...path, "--help"],
    {
      encoding: "utf8",
      timeout: 20_000,
    },
  );
  if (status !== 0) throw new Error(`overlap ${path.join(" ")} --help exited ${status}: ${stderr}`);
  return stdout;
}
