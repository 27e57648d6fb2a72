#!/usr/bin/env node
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `overlap needs Node 24 or newer, and this is Node ${process.versions.node}.\n` +
      "Run it as `npx overlap` in a project that has it installed, or install Node 24.\n",
  );
  process.exit(2);
}
// Half of a short command is compiling; what Node caches is its own, in the system's temporary folder.
const { enableCompileCache } = await import("node:module");
enableCompileCache();
await import("../dist/main.js");
