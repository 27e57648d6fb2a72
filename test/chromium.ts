import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Nothing that calls home, and no sandbox, which a container does not allow. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of this machine: `$CHROMIUM`, else the first of its usual names on the path; `undefined` without one. */
export function chromiumPath(): string | undefined {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") return named;
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** A page in headless Chromium, and what went on in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Messages of level error on the console, and errors that nobody caught. */
  readonly errors: readonly string[];
  /** Addresses that the page asked for beyond its own file. */
  readonly requests: readonly string[];
}

/**
 * Opens HTML from a file, as people do, in a headless Chromium with an empty profile and no network; closing it ends the
 * browser and removes its folder.
 *
 * @throws when there is no Chromium; ask `chromiumPath()` first, and skip
 */
export async function openPage(html: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("no Chromium: install it, or name it in $CHROMIUM");
  const folder = await mkdtemp(join(tmpdir(), "overlap-page-"));
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath,
    args: FLAGS,
    offline: true,
    ...options,
  });
  try {
    const file = join(folder, "page.html");
    await writeFile(file, html);
    return {
      ...(await visit(context, pathToFileURL(file).href)),
      [Symbol.asyncDispose]: () => close(context, folder),
    };
  } catch (error) {
    await close(context, folder);
    throw error;
  }
}

async function visit(
  context: BrowserContext,
  url: string,
): Promise<Omit<OpenPage, typeof Symbol.asyncDispose>> {
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  context.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, errors, requests };
}

async function close(context: BrowserContext, folder: string): Promise<void> {
  await context.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
