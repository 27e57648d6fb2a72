import { toThread } from "@overlap/loop/node";

for (const name of ["first", "second"]) {
  try {
    await toThread("node:querystring", "escape", name);
  } catch (error) {
    process.stdout.write(`${name} ${(error as NodeJS.ErrnoException).code}\n`);
  }
}
