import { renderPage, runPage } from "@overlap/report/page";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromiumPath, openPage } from "../../../test/chromium.ts";
import { experiment, requests, strategy } from "./experiment.ts";
import { recordedRun } from "./recorded-run.ts";

const where = chromiumPath() === undefined ? "in Chromium (skipped: none was found)" : "in Chromium";
const page = renderPage(runPage(recordedRun("fetch", 200, 20)));
const wide = { viewport: { width: 1_280, height: 1_400 } };

function timelineOf(opened: Page): Locator {
  return opened.locator(".wide [data-zoom]").first();
}

/** The first and the last label of the time axis, and the share of the drawing that is seen. */
async function viewOf(timeline: Locator): Promise<{ first: string; last: string; share: number }> {
  return await timeline.evaluate((box) => {
    const labels = [...box.querySelectorAll("g.axis text")].map((text) => text.textContent);
    const plot = box.querySelector("svg.plot");
    const [, , seen] = (plot?.getAttribute("viewBox") ?? "").split(" ").map(Number);
    return {
      first: labels[0] ?? "",
      last: labels.at(-1) ?? "",
      share: (seen ?? 0) / Number(plot?.getAttribute("width")),
    };
  });
}

describe.skipIf(chromiumPath() === undefined)(`a timeline ${where}`, () => {
  test("zooms with the keys, and back", async () => {
    await using opened = await openPage(page, wide);
    const timeline = timelineOf(opened.page);
    expect(await viewOf(timeline)).toMatchObject({ first: "0 s", share: 1 });
    await timeline.focus();
    await opened.page.keyboard.press("+");
    await opened.page.keyboard.press("+");
    expect((await viewOf(timeline)).share).toBeCloseTo(0.25, 3);
    const before = await viewOf(timeline);
    await opened.page.keyboard.press("ArrowRight");
    expect((await viewOf(timeline)).first).not.toBe(before.first);
    await opened.page.keyboard.press("0");
    expect(await viewOf(timeline)).toMatchObject({ first: "0 s", share: 1 });
    expect(opened.errors).toEqual([]);
  });

  test("zooms with the wheel once it was clicked, and leaves the wheel to the page before", async () => {
    await using opened = await openPage(page, { viewport: { width: 1_280, height: 700 } });
    const timeline = timelineOf(opened.page);
    await timeline.hover();
    await opened.page.mouse.wheel(0, -100);
    expect((await viewOf(timeline)).share).toBe(1);
    await timeline.click();
    await opened.page.mouse.wheel(0, -100);
    await expect.poll(async () => (await viewOf(timeline)).share).toBeLessThan(1);
  });

  test("zooms into the stretch that is dragged over, and shows all again at a double click", async () => {
    await using opened = await openPage(page, wide);
    const timeline = timelineOf(opened.page);
    const svg = timeline.locator("svg").first();
    await svg.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await svg.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await opened.page.mouse.move(x + width * 0.25, y + height / 2);
    await opened.page.mouse.down();
    await opened.page.mouse.move(x + width * 0.5, y + height / 2, { steps: 4 });
    await opened.page.mouse.up();
    expect((await viewOf(timeline)).share).toBeCloseTo(0.26, 1);
    expect(await timeline.locator("output").innerText()).toMatch(/ms of/);
    await svg.dblclick();
    expect((await viewOf(timeline)).share).toBe(1);
  });

  test("zooms with its buttons, which have names", async () => {
    await using opened = await openPage(page, wide);
    const timeline = timelineOf(opened.page);
    await timeline.getByRole("button", { name: "Zoom in" }).click();
    expect((await viewOf(timeline)).share).toBeCloseTo(0.5, 3);
    await timeline.getByRole("button", { name: "Show all" }).click();
    expect((await viewOf(timeline)).share).toBe(1);
  });

  test("promises no zoom where there are no scripts, and shows everything", async () => {
    await using opened = await openPage(page, { ...wide, javaScriptEnabled: false });
    expect(await opened.page.getByRole("button").count()).toBe(0);
    expect(await opened.page.locator("svg[role=img]:visible").count()).toBe(1);
    expect(await opened.page.locator("g.axis:visible text").count()).toBeGreaterThan(5);
  });

  test("zooms with 20,000 spans, without an error and without the network", async () => {
    const big = renderPage(experiment([strategy("crawl", requests(20_000, 50))]));
    await using opened = await openPage(big, wide);
    const timeline = timelineOf(opened.page);
    await timeline.focus();
    for (let i = 0; i < 5; i++) await opened.page.keyboard.press("+");
    expect((await viewOf(timeline)).share).toBeCloseTo(1 / 32, 4);
    expect({ errors: opened.errors, requests: opened.requests }).toEqual({ errors: [], requests: [] });
  });

  test.each(["light", "dark"] as const)(
    "has the parts of the wall time beside it in %s",
    async (colorScheme) => {
      await using opened = await openPage(page, { ...wide, colorScheme });
      const slices = opened.page.locator(".share").first().locator("i");
      expect(await slices.count()).toBe(5);
      const colors = await slices.evaluateAll((all) =>
        all.map((slice) => getComputedStyle(slice).backgroundColor),
      );
      expect(new Set(colors).size).toBe(5);
    },
  );
});
