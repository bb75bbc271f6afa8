/** The gallery: every plot with made-up data. Snapshots of the charts that need a document; the others have theirs beside src/app/gallery. */
import { expect, test } from "@playwright/test";
import { violations } from "./axe.ts";

test.use({ bypassCSP: true, serviceWorkers: "block" });

const CHARTS = ["layers", "residual", "margins", "scatter", "pareto", "roofline"] as const;

test("every plot is drawn, charts as they were, axe content in light and dark, and a cursor reads each chart", async ({ page }) => {
  await page.goto("./?gallery");
  await expect(page.getByTestId(/^plot-/)).toHaveCount(18);
  for (const chart of CHARTS) {
    const card = page.getByTestId(`plot-${chart}`);
    const svg = card.locator(".plot svg");
    await expect(svg).toBeVisible();
    const drawn = await svg.evaluate((element) => element.outerHTML.replaceAll("><", ">\n<"));
    // Plot names its stylesheet by a hash of its own.
    expect(`${drawn.replace(/<style>[^<]*<\/style>/, "").replace(/plot-[0-9a-z]{6}/g, "plot")}\n`).toMatchSnapshot([`${chart}.svg.txt`]);
    await card.getByRole("application").focus();
    await page.keyboard.press("Home");
    await expect(card.locator("output")).toContainText(/: /);
    await expect(card.locator(".plot-cursor circle")).toBeVisible();
  }
  // The float model stands at its true 0: on the axis' lowest line.
  const [float, zero] = await page.getByTestId("plot-pareto").evaluate((card) => {
    const place = (selector: string) => card.querySelector(selector)?.getBoundingClientRect();
    const cursor = place(".plot-cursor circle");
    const rule = place('[aria-label="rule"] line');
    return [(cursor?.top ?? 0) + (cursor?.height ?? 0) / 2, rule?.top ?? -1];
  });
  expect(Math.abs((float ?? 0) - (zero ?? 0))).toBeLessThan(1.5);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await violations(page), colorScheme).toEqual([]);
    await page.screenshot({ path: `out/test/screens/gallery-${colorScheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 360, height: 780 });
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: "out/test/screens/gallery-narrow.png", fullPage: true });
});
