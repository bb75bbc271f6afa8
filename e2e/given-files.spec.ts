/** What a person says of the files that they gave, on the built page over the stand-in engine. */
import { expect, test, type Page } from "@playwright/test";
import { violations } from "./axe.ts";
import { installFakeWorker } from "./fake-worker.ts";

const SCREENS = "out/test/screens";

test.use({ bypassCSP: true, serviceWorkers: "block" });

const file = (name: string, content = name) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
const PICTURES = Array.from({ length: 12 }, (_, i) => `${String(i).padStart(3, "0")}.png`);

async function give(page: Page, ...files: readonly ReturnType<typeof file>[]): Promise<void> {
  await page.getByTestId("file-input").first().setInputFiles(files);
}

/** In light, dark and at 360 px: axe is content, nothing scrolls sideways, and a picture of it is kept. */
async function look(page: Page, testId: string, name: string): Promise<void> {
  const part = page.getByTestId(testId);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(150);
    expect.soft(await violations(page), `${name} ${colorScheme}`).toEqual([]);
    await part.screenshot({ path: `${SCREENS}/${name}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.waitForTimeout(150);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} at 360 px`).toBeLessThanOrEqual(0);
  expect.soft(await violations(page), `${name} narrow`).toEqual([]);
  await part.screenshot({ path: `${SCREENS}/${name}-narrow.png` });
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("labels in a table whose columns cannot be told: chosen by keyboard, refused where they are no classes, kept over a reload", async ({
  page,
}) => {
  await installFakeWorker(page);
  await page.goto("./");
  const table = ["split,image,fine,coarse", ...PICTURES.map((name, i) => `test,photos/${name},${100 + i},${i % 4}`)].join("\n");
  await give(page, file("vit.safetensors"), file("truth.csv", table), ...PICTURES.map((name) => file(name)));
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.getByTestId("label-hint").getByRole("button").click();
  const card = page.getByTestId("label-columns");
  await expect(card.getByRole("columnheader", { name: /^image/ })).toHaveText("image");
  await expect(card).toContainText("and 8 more rows");
  await expect(card.getByRole("button", { name: "Use these columns" })).toBeDisabled();
  await card.getByTestId("file-column").getByRole("button").press("Enter");
  await page.keyboard.type("image");
  await page.keyboard.press("Enter");
  await card.getByTestId("label-column").getByRole("button").press("Enter");
  await page.keyboard.type("fine");
  await page.keyboard.press("Enter");
  await card.getByRole("button", { name: "Use these columns" }).press("Enter");
  await expect(page.getByTestId("error-code")).toHaveText("LABEL_UNKNOWN");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await card.getByTestId("label-column").getByRole("button").press("Enter");
  await page.keyboard.type("coarse");
  await page.keyboard.press("Enter");
  await look(page, "label-columns", "label-columns");
  await card.getByRole("button", { name: "Use these columns" }).press("Enter");
  await expect(page.getByTestId("label-columns-state")).toContainText("labels from coarse, as you chose");
  await expect(page.getByTestId("labels-card")).toContainText("12 of 12 images are labelled");
  await page.waitForTimeout(400);
  await page.reload();
  await expect(page.getByTestId("label-columns-state")).toContainText("labels from coarse, as you chose");
});

test("labels in JSON are guessed; a file that names its columns is not asked about", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./#data");
  const records = PICTURES.map((name, i) => ({ id: i, file_name: name, category_id: i % 4 }));
  await give(page, file("vit.safetensors"), file("truth.json", JSON.stringify({ annotations: records })), ...PICTURES.map((name) => file(name))); // prettier-ignore
  await expect(page.getByTestId("label-columns-state")).toContainText("file names are in file_name, labels in category_id");
  await expect(page.getByTestId("labels-card")).toContainText("12 of 12 images are labelled");
  await page.keyboard.press("1");
  await give(page, file("labels.csv", ["filename,label", ...PICTURES.map((name) => `${name},1`)].join("\n")));
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.keyboard.press("3");
  await expect(page.getByTestId("labels-card")).toContainText("ONE_CLASS");
  await expect(page.getByTestId("label-columns")).toHaveCount(0);
});

test("the preprocessing that no file states: tried with the image in sight, used, stale, undone, kept over a reload", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  await give(page, file("vit.safetensors"), ...PICTURES.map((name) => file(name)));
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.keyboard.press("1");
  await page.getByRole("button", { name: "Choose the preprocessing" }).press("Enter");
  const card = page.getByTestId("preprocessing-card");
  await expect(page.getByTestId("preprocessing-source")).toHaveText("▲ preprocessing assumed");
  const preview = page.getByTestId("preprocessing-preview");
  await expect(preview.locator("canvas")).toHaveCount(2);
  await card.getByLabel("Shorter side, pixels").fill("80");
  await expect(preview).toHaveAttribute("data-of", /size=80/);
  await card.getByTestId("preprocessing-colours").getByRole("button").press("Enter");
  await page.keyboard.type("own");
  await page.keyboard.press("Enter");
  await card.getByLabel("Mean: red green blue").fill("0.1 0.2");
  await expect(card).toContainText("three numbers");
  await card.getByLabel("Mean: red green blue").fill("0.1 0.2 0.3");
  await expect(page.getByTestId("preprocessing-differences")).toContainText("mean: 0.1 0.2 0.3 instead of 0.5 0.5 0.5");
  await expect(page.getByTestId("preview-numbers")).toContainText("from -2 to 2");
  await look(page, "preprocessing-card", "preprocessing");
  await card.getByRole("button", { name: "Use this preprocessing" }).press("Enter");
  await expect(page.getByTestId("preprocessing-source")).toHaveText("▲ yours, not as assumed has it");
  await expect(page.getByTestId("stale-notice")).toContainText("The preprocessing changed since this run");
  await page.keyboard.press("5");
  await expect(page.getByTestId("results")).toHaveAttribute("data-stale", "true");
  await page.getByTestId("stale").getByRole("button", { name: "Run again" }).click();
  await expect(page.getByTestId("results")).toHaveAttribute("data-stale", "false");
  await page.keyboard.press("9");
  await expect(page.getByTestId("command-card")).toContainText("--preprocessing resize=shortest,size=80,filter=bicubic,mean=0.1/0.2/0.3");
  await page.keyboard.press("1");
  await expect(page.getByTestId("model-card")).toContainText("chosen by you");
  await page.waitForTimeout(400);
  await page.reload();
  await expect(page.getByTestId("model-card")).toContainText("chosen by you");
  await page.keyboard.press("3");
  await card.getByRole("button", { name: "Back to what is assumed" }).click();
  await expect(page.getByTestId("preprocessing-source")).toHaveText("▲ preprocessing assumed");
});

test("two models in one drop are compared with each other, both in float", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  await give(page, file("a.safetensors"), file("b.safetensors", "b"), ...PICTURES.map((name) => file(name)));
  await expect(page.getByTestId("error-code")).toHaveText("SEVERAL_MODELS");
  await look(page, "error-card", "several-models");
  await page.getByTestId("model-pairs").getByRole("button", { name: "Compare b.safetensors with a.safetensors" }).press("Enter");
  await expect(page.getByTestId("twin-verdict")).toContainText("b.safetensors says the same as a.safetensors on");
  await expect(page.getByTestId("image-grid")).toContainText("◀ a.safetensors");
  await expect(page.getByTestId("image-grid").getByRole("button", { name: /attention/ })).toHaveCount(0);
  await look(page, "twin", "twin");
  await page.getByRole("button", { name: "Quantize a.safetensors instead" }).click();
  await expect(page.getByTestId("verdict")).toContainText("RepQ-ViT");
  await expect(page.getByTestId("twin")).toHaveCount(0);
});

test("a kept model: the browser is asked to keep it, its answer is shown; where nothing can be kept, that is said", async ({ page }) => {
  await installFakeWorker(page);
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, { asked });
    navigator.storage.persisted = () => Promise.resolve(false);
    navigator.storage.persist = () => {
      asked.push("persist");
      return Promise.resolve(false);
    };
  });
  const askedTimes = () => page.evaluate(() => (window as unknown as { asked: string[] }).asked.length);
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  expect(await askedTimes()).toBe(0);
  await page.keyboard.press("1");
  await give(page, file("mine.safetensors"));
  await expect(page.getByTestId("may-stay")).toContainText("did not promise it");
  expect(await askedTimes()).toBe(1);
  await page.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException("blocked", "SecurityError"));
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await page.reload();
  await page.keyboard.press("1");
  await give(page, file("other.safetensors"));
  await expect(page.getByTestId("not-remembered")).toContainText(
    "The model is not remembered: this browser gives the page no private storage",
  );
  await expect(page.getByTestId("not-remembered")).toContainText("Not remembered this session");
  await look(page, "not-remembered", "not-remembered");
  expect(await askedTimes()).toBe(0);
});

test("bench: a tab that was hidden makes the run invalid; the drift over its runs is shown", async ({ page }) => {
  await installFakeWorker(page, { adapter: "hardware", stepMs: 30 });
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.keyboard.press("8");
  await page.getByTestId("start-profile").click();
  await expect(page.getByTestId("drift")).toContainText(/drift [−+±]\d+\.\d %, last quarter against first/);
  await expect(page.getByTestId("hidden-run")).toHaveCount(0);
  await page.getByTestId("start-profile").click();
  const turn = (state: string) =>
    page.evaluate((visibilityState) => {
      Object.defineProperty(document, "visibilityState", { value: visibilityState, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await page.waitForTimeout(120);
  await turn("visible");
  await expect(page.getByTestId("hidden-run")).toContainText(/This run is invalid: the tab was hidden \d+ ms/);
  await look(page, "bench-tiles", "hidden-run");
});
