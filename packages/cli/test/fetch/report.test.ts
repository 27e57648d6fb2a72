import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { overlap } from "../cli.ts";
import { tempFolder } from "./folder.ts";
import { serve } from "./web.ts";

describe("overlap fetch --report", () => {
  it("writes a page with the figures, what went wrong, and the timeline of the requests", async () => {
    const web = await serve((request, response) =>
      setTimeout(() => response.writeHead(request.url === "/lost" ? 404 : 200).end(), 20),
    );
    const folder = join(await tempFolder(), "report");
    const urls = ["/a", "/b", "/lost"].map((path) => web.url + path);
    const { stderr } = await overlap("fetch", ...urls, "--report", folder);
    expect(stderr).toContain("fetch.html: open it in a browser");
    const page = await readFile(join(folder, "fetch.html"), "utf8");
    for (const text of ["3 URLs, GET", "What went wrong", "HTTP_404", "http request"])
      expect(page).toContain(text);
    expect(page).toContain("<svg");
    expect(page).not.toContain("Strategies");
  });
});
