import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcomeOf, overlap, start } from "../cli.ts";
import { parseLines, readLines, tempFolder, writeLines } from "./folder.ts";
import { serve } from "./web.ts";

interface Saved {
  readonly url: string;
  readonly file?: string;
  readonly ok: boolean;
  readonly error: { readonly code: string } | null;
}

/** Paths as a hostile list of URLs may have them, and what could go wrong with each. */
const hostile = [
  "/../../../etc/passwd",
  "/..%2f..%2fescape",
  "/%2e%2e/%2e%2e/up",
  "/..%5c..%5cwindows",
  "/",
  "//",
  "/.",
  "/.hidden",
  "/CON",
  "/nul.txt",
  "/a:b|c?d*e",
  "/line%0abreak%00null",
  "/Same.txt",
  "/same.txt",
  "/SAME.TXT",
  "/same.txt?page=2",
  "/same.txt?page=2",
  `/${"long".repeat(500)}.html`,
  `/${"%F0%9F%92%A9".repeat(100)}`,
  "/%E6%96%87%E4%BB%B6.txt",
  "/cafe%CC%81.txt",
  "/caf%C3%A9.txt",
  "/bad%escape%zz",
  "/manifest.ndjson",
  "/trailing.dots...",
  "/spaces%20and%20tabs%09",
  "/-rf",
];

describe("overlap fetch --save", () => {
  it("saves every body under a name of its own inside the folder, however hostile the URL", async () => {
    const web = await serve((request, response) => response.end(`body of ${request.url}`));
    const folder = await tempFolder();
    const file = await writeLines(
      folder,
      hostile.map((path) => web.url + path),
    );
    const dir = join(folder, "deep", "pages");
    const { code, stdout } = await overlap("fetch", file, "--save", dir);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual(["deep", "urls.txt"]);
    const rows = parseLines<Saved>(stdout);
    const names = rows.map(({ file: name }) => name as string);
    expect((await readdir(dir)).sort()).toEqual([...names, "manifest.ndjson"].sort());
    expect(new Set(names.map((name) => name.toLowerCase().normalize("NFKD"))).size).toBe(hostile.length);
    for (const name of names) {
      expect(name).toMatch(/^\d{6}-[\p{L}\p{N}\p{M}._-]+\.[a-z0-9]+$/u);
      expect(Buffer.byteLength(name)).toBeLessThan(200);
    }
    for (const { url, file: name } of rows) {
      const { pathname, search } = new URL(url);
      expect(await readFile(join(dir, name as string), "utf8")).toBe(`body of ${pathname}${search}`);
    }
    const manifest = await readLines<Saved>(join(dir, "manifest.ndjson"));
    expect(manifest.map(({ url, file: name }) => `${name} ${url}`).sort()).toEqual(
      rows.map(({ url, file: name }) => `${name} ${url}`).sort(),
    );
  });

  it("takes the extension from the content type, then from the URL", async () => {
    const types: Record<string, string> = {
      "/page": "text/html; charset=utf-8",
      "/photo.jpeg": "image/jpeg",
      "/photo.php": "image/png",
      "/data.csv": "text/plain",
      "/raw.bin2": "application/octet-stream",
      "/raw": "application/octet-stream",
      "/strange": "nobody/knows",
      "/vector": "IMAGE/SVG+XML",
    };
    const web = await serve((request, response) =>
      response.setHeader("content-type", types[request.url ?? ""] ?? "").end("x"),
    );
    const dir = join(await tempFolder(), "pages");
    const { stdout } = await overlap(
      "fetch",
      ...Object.keys(types).map((path) => web.url + path),
      "--save",
      dir,
    );
    const endings = parseLines<Saved>(stdout)
      .sort((a, b) => (a.file as string).localeCompare(b.file as string))
      .map(({ file }) => file?.slice(file.indexOf(".")));
    expect(endings).toEqual([".html", ".jpeg", ".png", ".csv", ".bin2", ".bin", ".bin", ".svg"]);
  });

  it("saves the bodies of good answers only, and leaves nothing of one that broke off", async () => {
    const web = await serve((request, response) => {
      response.writeHead(request.url === "/lost" ? 404 : 200, { "content-length": "4" });
      if (request.url !== "/cut") return response.end("body");
      response.write("bo");
      return setImmediate(() => response.destroy());
    });
    const dir = join(await tempFolder(), "pages");
    const urls = ["/good", "/lost", "/cut"].map((path) => web.url + path);
    const { code, stdout } = await overlap("fetch", ...urls, "--save", dir, "--retries", "1");
    expect(code).toBe(1);
    expect(parseLines<Saved>(stdout).filter(({ file }) => file !== undefined)).toHaveLength(1);
    expect(await readdir(dir)).toEqual([expect.stringMatching(/^000001-good-.*\.bin$/), "manifest.ndjson"]);
  });

  it("replaces a link that lies where a file is to be, and follows none", async () => {
    const web = await serve((_, response) => response.end("new"));
    const folder = await tempFolder();
    const dir = join(folder, "pages");
    const victim = join(folder, "victim");
    await writeFile(victim, "untouched");
    const first = await overlap("fetch", web.url, "--save", join(folder, "first"));
    const name = parseLines<Saved>(first.stdout)[0]?.file as string;
    await mkdir(dir);
    await symlink(victim, join(dir, name));
    await symlink(victim, join(dir, `.${name}.part`));
    expect((await overlap("fetch", web.url, "--save", dir)).code).toBe(0);
    expect(await readFile(victim, "utf8")).toBe("untouched");
    expect(await readFile(join(dir, name), "utf8")).toBe("new");
  });

  it("refuses a folder whose manifest is a link", async () => {
    const dir = await tempFolder();
    await symlink("/tmp/elsewhere", join(dir, "manifest.ndjson"));
    const { code, stderr } = await overlap("fetch", "http://127.0.0.1:1/", "--save", dir);
    expect(stderr).toMatch(/^overlap: cannot use the folder .*: its manifest.ndjson is no plain file\n$/);
    expect(code).toBe(1);
  });

  it("says so when the folder cannot be made, and fetches nothing", async () => {
    const web = await serve((_, response) => response.end());
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    const { code, stderr } = await overlap("fetch", web.url, "--save", join(folder, "file", "pages"));
    expect(stderr).toMatch(/^overlap: cannot use the folder .*file\/pages: /);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(web.seen).toEqual([]);
    expect(code).toBe(1);
  });

  it.runIf(existsSync("/proc/self"))("says so too where a folder takes no others", async () => {
    const { code, stderr } = await overlap("fetch", "http://127.0.0.1:1/", "--save", "/proc/pages");
    expect(stderr).toMatch(/^overlap: cannot use the folder \/proc\/pages: /);
    expect(code).toBe(1);
  });

  it("streams a body to the disk that is larger than its memory", async () => {
    const megabyte = Buffer.alloc(1_048_576, "x");
    const web = await serve((_, response) => {
      let left = 200;
      const more = () => {
        while (left-- > 0) if (!response.write(megabyte)) return void response.once("drain", more);
        response.end();
      };
      more();
    });
    const dir = join(await tempFolder(), "pages");
    const child = start(["fetch", web.url, "--save", dir], { nodeFlags: ["--max-old-space-size=48"] });
    const { code, stdout } = await outcomeOf(child);
    expect(parseLines(stdout)[0]).toMatchObject({ ok: true, bytes: 200 * 1_048_576 });
    expect(code).toBe(0);
  });
});
