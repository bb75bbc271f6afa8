/** Every panel on the built page, over the stand-in engine: its main job, axe in light, dark and narrow, and a picture in out/test/screens. */
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { violations } from "./axe.ts";
import { installFakeWorker } from "./fake-worker.ts";
import { measureFrames, median } from "./frames.ts";

const PANELS = ["open", "inspect", "data", "recipe", "compare", "diagnose", "sweep", "bench", "report"] as const;
const SCREENS = "out/test/screens";

// axe is injected as a script, which the page's content security policy would refuse; a service worker would answer for the stand-in.
test.use({ bypassCSP: true, serviceWorkers: "block" });

/** The page with the sample open and compared. */
async function openSample(page: Page, options: Parameters<typeof installFakeWorker>[1] = {}): Promise<void> {
  await installFakeWorker(page, options);
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  await expect(page.getByTestId("self-test")).toHaveAttribute("data-state", "ok");
}

/** While a long list scrolls by whole screens a second, what the page itself does for a frame (script, style, layout) is half of a fiftieth of a second at most. */
async function expectSmooth(page: Page, box: string): Promise<void> {
  const { framesMs, workMs } = await measureFrames(page, { durationMs: 1500, box, step: 60 });
  const frameMs = workMs / framesMs.length;
  const text = `${box}: ${framesMs.length} frames, median ${median(framesMs).toFixed(1)} ms, of which the page works ${frameMs.toFixed(1)} ms`;
  process.stdout.write(`  ${text}\n`);
  expect(frameMs, text).toBeGreaterThan(0);
  expect(frameMs, text).toBeLessThan(10);
}

/** Texts squeezed to a column of single letters. */
function squeezed(page: Page): Promise<string[]> {
  return page.locator("main *").evaluateAll((elements) =>
    elements
      .filter((element) => element.children.length === 0 && (element.textContent ?? "").trim().length > 12)
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 1 && height > 5 * width;
      })
      .map((element) => element.textContent ?? ""),
  );
}

async function settle(page: Page): Promise<void> {
  await expect(page.locator(".panel-loading")).toHaveCount(0);
  await expect(page.getByTestId("job")).toHaveCount(0);
  await page.waitForTimeout(150);
}

test("every panel by its key: axe is content in light, dark and narrow, and nothing scrolls sideways", async ({ page }) => {
  // Twenty-seven looks at axe, on a machine that may be doing other things.
  test.setTimeout(600_000);
  await openSample(page);
  for (const [index, panel] of PANELS.entries()) {
    await page.keyboard.press(String(index + 1));
    await expect(page.getByTestId(`panel-${panel}`)).toHaveAttribute("aria-current", "page");
    await expect(page.locator("main h1")).toHaveCount(1);
    for (const colorScheme of ["light", "dark"] as const) {
      // Colours in the middle of a transition have contrasts of their own.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settle(page);
      expect.soft(await violations(page), `${panel} ${colorScheme}`).toEqual([]);
      await page.screenshot({ path: `${SCREENS}/${panel}-${colorScheme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 780 });
    await settle(page);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${panel} at 360 px`).toBeLessThanOrEqual(0);
    expect.soft(await squeezed(page), `${panel} narrow`).toEqual([]);
    expect.soft(await violations(page), `${panel} narrow`).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/${panel}-narrow.png`, fullPage: true });
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test("every panel before anything is open says what is missing", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  for (const [index, panel] of PANELS.entries()) {
    await page.keyboard.press(String(index + 1));
    await settle(page);
    // A recipe can be chosen before there is anything to run it on.
    if (panel !== "recipe") await expect(page.locator("main").getByRole("button", { name: "Try the sample" })).toBeVisible();
    await page.screenshot({ path: `${SCREENS}/${panel}-empty.png`, fullPage: true });
  }
  expect(await violations(page)).toEqual([]);
});

test("Inspect: search, order and branches of two thousand tensors, few of them in the document", async ({ page }) => {
  await openSample(page, { depth: 166 });
  await page.keyboard.press("2");
  const count = page.getByTestId("tensor-count");
  await expect(count).toContainText(/^1998,/);
  expect(await page.locator(".tensor-table tbody tr").count()).toBeLessThan(60);
  await expectSmooth(page, '[data-testid="tensor-box"]');
  const box = page.getByTestId("tensor-box");
  await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(page.getByRole("rowheader", { name: "head.bias" })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("blocks.12. fc2 weight");
  await expect(count).toContainText("1 of 1998");
  await expect(page.getByRole("rowheader", { name: "blocks.12.mlp.fc2.weight" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Kurtosis" }).click();
  await expect(page.locator('.tensor-table th[aria-sort="descending"]')).toHaveText(/Kurtosis/);
  await page
    .getByTestId("block-tree")
    .getByRole("button", { name: /^Block 3 / })
    .click();
  await expect(count).toContainText("12 of 1998");
});

test("Data: fifty thousand images scroll and are decoded where they are in sight; the split follows its fields; the manifest comes back", async ({
  page,
}) => {
  await openSample(page, { images: 50_000 });
  await page.keyboard.press("3");
  await expect(page.getByTestId("browser-count")).toHaveText("50,000 images");
  const tiles = page.getByTestId("browser-tiles");
  await expect(tiles.locator("canvas").first()).toBeVisible();
  await expectSmooth(page, '[data-testid="browser-tiles"]');
  await tiles.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(tiles.locator("li[aria-posinset='50000'] canvas")).toBeVisible();
  expect(await tiles.locator("li").count()).toBeLessThan(250);
  await page.getByTestId("use-filter").getByText("Judged 32").click();
  await expect(page.getByTestId("browser-count")).toHaveText("32 images");

  const split = page.getByTestId("split-card");
  await split.getByLabel("To judge").fill("16");
  await split.getByText("Shuffled", { exact: true }).click();
  await split.getByLabel("Seed").fill("7");
  await split.getByRole("button", { name: "Use this split" }).click();
  await expect(page.getByTestId("split-evaluation")).toHaveText("16");
  await expect(split).toContainText("Shuffled with seed 7");

  const card = page.getByTestId("manifest-card");
  const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: "Download manifest" }).click()]);
  const manifest = JSON.parse(readFileSync(await download.path(), "utf8")) as { seed: number; images: { sha256: string }[] };
  expect(manifest).toMatchObject({ schema: "vitrine-manifest/1", seed: 7, order: "shuffled", givenCount: 50_000 });
  expect(manifest.images).toHaveLength(48);
  await page
    .getByTestId("manifest-input")
    .setInputFiles({ name: "m.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(manifest)) });
  await expect(split).toContainText("A manifest chose them");
  await page.getByTestId("manifest-input").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await expect(page.getByTestId("error-code")).toHaveText("MANIFEST_INVALID");

  await page.getByTestId("stability-card").getByRole("button").first().click();
  await expect(page.getByTestId("stability-summary")).toContainText("16 and 16");
  const normalisation = page.getByTestId("normalisation-card");
  await normalisation.getByRole("button").click();
  await expect(page.getByTestId("normalisation-verdict")).toContainText("0.5 (-1 to 1) does clearly better");
  await expect(normalisation.getByRole("row", { name: /ImageNet \(in use\)/ })).toContainText("62.5 %");
  await page.getByTestId("browser-tiles").getByRole("button").first().click();
  await expect(page.getByRole("dialog")).toContainText("SHA-256");
});
