import { renderPage } from "@overlap/report/page";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromiumPath, openPage } from "../../../test/chromium.ts";
import { experiment, hashes, requests, strategy } from "./experiment.ts";

const found = chromiumPath();
const where =
  found === undefined
    ? "in Chromium (skipped: none in $CHROMIUM, nor as chromium, chromium-browser or google-chrome)"
    : "in Chromium";

const hostile = `</script><img src=x onerror="document.title='broken out'">`;
const strategies = [
  strategy("serial", [...hashes(40), ...requests(40, 1, (i) => i === 7)]),
  strategy("overlap", [...hashes(120), ...requests(120, 14)]),
  strategy(
    hostile,
    requests(30, 3).map((span) => ({ ...span, lane: hostile, label: hostile })),
  ),
];
const page = renderPage(experiment(strategies));

/** Every drawing that can be seen, in order: its label, its size and how many bars with a tooltip it has. */
function visibleDrawings(opened: Page): Promise<{ label: string | null; width: number; bars: number }[]> {
  return opened.locator("svg[role=img]:visible").evaluateAll((all) =>
    all.map((svg) => ({
      label: svg.getAttribute("aria-label"),
      width: svg.getBoundingClientRect().width,
      bars: svg.querySelectorAll("path > title").length,
    })),
  );
}

/** The contrast of an element's text with what is behind it, by WCAG 2.2. */
function contrast(opened: Page, selector: string): Promise<number> {
  return opened
    .locator(selector)
    .first()
    .evaluate((element) => {
      const rgb = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = (color: string) => {
        const [red = 0, green = 0, blue = 0] = rgb(color).map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      let behind: Element | null = element;
      while (behind !== null && rgb(getComputedStyle(behind).backgroundColor)[3] === 0)
        behind = behind.parentElement;
      const style = getComputedStyle(element);
      const text = luminance(element instanceof SVGElement ? style.fill : style.color);
      const ground = luminance(getComputedStyle(behind ?? document.body).backgroundColor);
      return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    });
}

describe.skipIf(found === undefined)(`the page ${where}`, () => {
  test("has no error on the console, asks the network for nothing, and no text of the run becomes markup", async () => {
    await using opened = await openPage(page);
    expect(opened.errors).toEqual([]);
    expect(opened.requests).toEqual([]);
    expect(await opened.page.title()).toBe("lab hash · Overlap");
    expect(await opened.page.locator("img").count()).toBe(0);
    expect(await opened.page.getByRole("heading", { level: 3 }).last().innerText()).toContain(hostile);
  });

  test("shows the bar chart and every timeline, with a bar for each span", async () => {
    await using opened = await openPage(page, { viewport: { width: 1_280, height: 900 } });
    const [bars, ...timelines] = await visibleDrawings(opened.page);
    expect(bars?.label).toMatch(/^Time per item: serial 4\.00 s, overlap/);
    expect(timelines.map((timeline) => timeline.bars)).toEqual([80, 240, 30]);
    for (const timeline of timelines) expect(timeline.width).toBeGreaterThan(1_000);
    expect(timelines[0]?.label).toBe("Timeline of serial: 80 spans in 4.00 s");
  });

  test("fits a phone: other drawings with letters that can be read, and nothing sticks out", async () => {
    await using opened = await openPage(page, { viewport: { width: 420, height: 800 } });
    const drawings = await visibleDrawings(opened.page);
    expect(drawings).toHaveLength(4);
    for (const drawing of drawings) expect(drawing.width).toBeLessThan(420);
    const letters = opened.page.locator("svg:visible text").first();
    expect((await letters.boundingBox())?.height).toBeGreaterThan(9);
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
  });

  test.each(["light", "dark"] as const)("is readable when the reader prefers %s", async (colorScheme) => {
    await using opened = await openPage(page, { colorScheme });
    const ground = await opened.page
      .locator("body")
      .evaluate((body) => getComputedStyle(body).backgroundColor);
    const [red = 0] = (ground.match(/\d+/g) ?? []).map(Number);
    expect(red < 128).toBe(colorScheme === "dark");
    const texts = [
      "h1",
      ".headline",
      ".why",
      ".context dt",
      "thead th",
      "td",
      ".finding, .description, .wall",
      "svg text",
    ];
    for (const text of texts) expect(await contrast(opened.page, text), text).toBeGreaterThan(4.5);
  });

  test("has a table behind each chart, that opens without a script", async () => {
    await using opened = await openPage(page, { javaScriptEnabled: false });
    const details = opened.page.locator("figure details");
    expect(await details.count()).toBe(4);
    await details.nth(1).locator("summary").click();
    const table = details.nth(1).getByRole("table");
    expect(await table.getByRole("row").allInnerTexts()).toEqual([
      expect.stringMatching(/^lane\s+what\s+spans\s+failed/),
      expect.stringMatching(/^main thread\s+computing\s+40\s+0/),
      expect.stringMatching(/^database\s+in flight\s+40\s+1/),
    ]);
  });

  test("shows 20,000 spans, each with its own bar, in a file of a few megabytes", async () => {
    const big = renderPage(experiment([strategy("crawl", requests(20_000, 50))]));
    expect(Buffer.byteLength(big)).toBeLessThan(4_000_000);
    await using opened = await openPage(big, { viewport: { width: 1_280, height: 900 } });
    expect((await visibleDrawings(opened.page)).at(-1)?.bars).toBe(20_000);
    expect(opened.errors).toEqual([]);
  });
});
