/** What a page owes to whoever comes back: reload, links, reports without a network, keyboard alone, policy, size. Over the stand-in engine. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test, type Page } from "@playwright/test";
import { violations } from "./axe.ts";
import { installFakeWorker } from "./fake-worker.ts";

const SCREENS = "out/test/screens";
const APP = join(import.meta.dirname, "..", "dist", "app");

test.use({ serviceWorkers: "block" });

async function compareSample(page: Page): Promise<void> {
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
}

test("reload: panel, recipe and the last sentence are there, what was open is open again", async ({ page }) => {
  await installFakeWorker(page);
  await compareSample(page);
  const sentence = await page.getByTestId("verdict").innerText();
  await page.getByTestId("versus").getByRole("button").click();
  await page.getByRole("option", { name: /^RepQ-ViT/ }).click();
  await page.keyboard.press("4");
  await page.getByTestId("bits").getByRole("button").press("Enter");
  await page.keyboard.type("6 bits");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("controls").getByRole("heading")).toHaveText("W6A6");
  await page.waitForTimeout(400);
  await page.reload();
  await expect(page.getByTestId("controls").getByRole("heading")).toHaveText("W6A6");
  await expect(page.getByTestId("panel-recipe")).toHaveAttribute("aria-current", "page");
  await page.keyboard.press("5");
  await expect(page.getByTestId("last-verdict")).toContainText(sentence);
  await page.keyboard.press("r");
  await expect(page.getByTestId("versus").getByRole("button")).toHaveText(/RepQ-ViT/);
  await page.keyboard.press("1");
  await expect(page.getByTestId("model-card")).toContainText("shapes-vit-128");
});

test("a model of one's own is kept in private storage, opened from there after a reload, and deleted", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  const weights = { name: "mine.safetensors", mimeType: "application/octet-stream", buffer: Buffer.alloc(20_000, 7) };
  const picture = { name: "cat.png", mimeType: "image/png", buffer: Buffer.alloc(500, 1) };
  await page.getByTestId("file-input").first().setInputFiles([weights, picture]);
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByTestId("recent")).toContainText("mine.safetensors");
  await expect(page.getByTestId("recent")).toContainText("20.0 kB");
  await page.waitForTimeout(400);
  await page.reload();
  await expect(page.getByTestId("model-card")).toContainText("mine.safetensors");
  await expect(page.getByTestId("image-count")).toHaveText("1");
  await page.getByRole("button", { name: "Delete mine.safetensors" }).click();
  await expect(page.getByTestId("recent")).toHaveCount(0);
  await page.waitForTimeout(400);
  await page.reload();
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await expect(page.getByTestId("model-card")).toHaveCount(0);
});

test("back and forward walk through the panels", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./#inspect");
  await expect(page.getByTestId("panel-inspect")).toHaveAttribute("aria-current", "page");
  await page.keyboard.press("3");
  await expect(page).toHaveURL(/#data$/);
  await page.keyboard.press("7");
  await expect(page).toHaveURL(/#sweep$/);
  await page.goBack();
  await expect(page.getByTestId("panel-data")).toHaveAttribute("aria-current", "page");
  await page.goForward();
  await expect(page.getByTestId("panel-sweep")).toHaveAttribute("aria-current", "page");
});

test("a link carries recipe and view to another browser, which says whether the files are the same", async ({ page, browser, baseURL }) => {
  await installFakeWorker(page);
  await compareSample(page);
  await page.getByTestId("side").getByText("min-max").click();
  await page.keyboard.press("9");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByTestId("share-link").innerText();
  expect(link.length).toBeLessThan(1500);
  const context = await browser.newContext({ serviceWorkers: "block", ...(baseURL === undefined ? {} : { baseURL }) });
  const other = await context.newPage();
  await installFakeWorker(other);
  await other.goto(link);
  const notice = other.getByTestId("shared");
  await expect(notice).toContainText("RepQ-ViT W4A4 on shapes-vit-128");
  await other.screenshot({ path: `${SCREENS}/shared-link.png` });
  await notice.getByRole("button", { name: "Open the sample" }).click();
  await expect(notice).toHaveAttribute("data-weights", "same");
  await expect(notice).toHaveAttribute("data-images", "same");
  await expect(other.getByTestId("side").getByRole("radio", { name: "min-max" })).toBeChecked();
  // Pasted into the open page, and opened anew.
  await other.goto(`${link.slice(0, -20)}`);
  await expect(other.getByTestId("error-code")).toHaveText("SHARE_LINK_INVALID");
  await other.reload();
  await expect(other.getByTestId("error-code")).toHaveText("SHARE_LINK_INVALID");
  await context.close();
});

test("the report opens from disk with the network off, holds pictures and data, and is accessible", async ({ page, browser }) => {
  await installFakeWorker(page);
  await compareSample(page);
  await page.keyboard.press("9");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download report" }).click()]);
  expect(download.suggestedFilename()).toBe("vitrine-repq-vit-w4a4.html");
  const [model] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download Vitrine package" }).click(),
  ]);
  expect(model.suggestedFilename()).toBe("made-up.package");
  await expect(page.getByTestId("exported")).toContainText("made-up.package, 7 B");
  const file = join("out", "test", "report.html");
  await download.saveAs(file);
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ bypassCSP: true, offline: true, colorScheme });
    const report = await context.newPage();
    const asked: string[] = [];
    report.on("request", (request) => asked.push(request.url()));
    await report.goto(pathToFileURL(file).href);
    await expect(report.getByRole("heading", { level: 1 })).toContainText("RepQ-ViT keeps 30");
    expect(
      await report.locator(".images img").evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
    ).toBe(true);
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
    const data = JSON.parse((await report.locator("#vitrine-data").textContent()) ?? "") as object;
    expect(data).toMatchObject({ schema: "vitrine-report/1", manifest: { givenCount: 64 } });
    await report.screenshot({ path: `${SCREENS}/report-file-${colorScheme}.png`, fullPage: true });
    expect(await violations(report)).toEqual([]);
    // On paper: dark ink, and no tables that nobody opened.
    await report.emulateMedia({ media: "print" });
    await expect(report.locator("details").first()).toBeHidden();
    expect(await report.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("light");
    await context.close();
  }
});

test("the whole way by keyboard alone: sample, verdict, other bits, run, report", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./?automation=1");
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
      );
      if (name.test(found)) return;
    }
    throw new Error(`no focus on ${name}`);
  };
  await page.keyboard.press("Tab");
  await expect(page.getByText("Skip to the panel")).toBeFocused();
  await tabTo(/^Try the sample/);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("verdict")).toBeFocused();
  await page.keyboard.press("4");
  await tabTo(/4 bits everywhere/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("controls").getByRole("heading")).not.toHaveText("W4A4");
  await page.keyboard.press("5");
  await expect(page.getByTestId("stale")).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.getByTestId("stale")).toHaveCount(0);
  await page.keyboard.press("9");
  await tabTo(/^Download report/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toMatch(/\.html$/);
});

test("the tour: five steps over the sample, left with Escape, never shown again", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  await page.getByRole("button", { name: "Try the sample" }).click();
  const tour = page.getByTestId("tour");
  for (const step of [1, 2, 3, 4, 5]) {
    await expect(tour).toHaveAttribute("data-step", String(step));
    await expect(page.locator(".tour-target")).toHaveCount(1);
    await page.screenshot({ path: `${SCREENS}/tour-${step}.png` });
    if (step < 5) await tour.getByRole("button", { name: "Next" }).click();
  }
  await tour.getByRole("button", { name: "Back" }).click();
  await page.keyboard.press("Escape");
  await expect(tour).toHaveCount(0);
  await page.reload();
  await page.keyboard.press("1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  await expect(page.getByTestId("self-test")).toHaveAttribute("data-state", "ok");
  await expect(tour).toHaveCount(0);
});

test("errors are cards in their place, accessible in light and dark; results stay", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ bypassCSP: true, serviceWorkers: "block", ...(baseURL === undefined ? {} : { baseURL }) });
  const page = await context.newPage();
  await installFakeWorker(page);
  await compareSample(page);
  await expect(page.getByTestId("self-test")).toHaveAttribute("data-state", "ok");
  // Read now: a job that begins later takes the error away.
  await page.keyboard.press("2");
  await expect(page.getByTestId("tensor-count")).toBeVisible();
  await page.keyboard.press("1");
  await page
    .getByTestId("file-input")
    .first()
    .setInputFiles({ name: "resnet50.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
  await expect(page.getByTestId("error-code")).toHaveText("NOT_A_VIT");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/error-${colorScheme}.png`, fullPage: true });
  }
  // It stays in sight, and accessible, in every panel until it is dismissed.
  for (const key of ["2", "3", "4", "5", "6", "7", "8", "9"]) {
    await page.keyboard.press(key);
    await expect(page.locator("main h1")).toHaveCount(1);
    await expect(page.locator(".panel-loading")).toHaveCount(0);
    await expect(page.getByTestId("error-card")).toBeVisible();
    expect.soft(await violations(page), `panel ${key}`).toEqual([]);
  }
  await page.keyboard.press("5");
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByTestId("error-card")).toHaveCount(0);
  await context.close();
});

test("no adapter: said at once, and nothing else breaks", async ({ page }) => {
  await installFakeWorker(page, { adapter: "missing" });
  await page.goto("./");
  await expect(page.getByTestId("no-adapter")).toContainText("No WebGPU adapter");
  await expect(page.getByTestId("no-adapter")).toContainText("The CPU computes instead");
  await page.screenshot({ path: `${SCREENS}/no-adapter.png`, fullPage: true });
});

test("a running job is in sight from every panel, and Escape ends it", async ({ page }) => {
  await installFakeWorker(page, { stepMs: 1000 });
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  for (const key of ["3", "7", "9", "2"]) {
    await page.keyboard.press(key);
    await expect(page.getByTestId("job")).toBeVisible();
  }
  await page.screenshot({ path: `${SCREENS}/running.png` });
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("job")).toHaveCount(0);
  await expect(page.getByTestId("status")).toHaveText("Cancelled.");
});

test("nothing leaves the tab: the policy refuses other servers in the page", async ({ page }) => {
  await installFakeWorker(page);
  await page.goto("./");
  const refused = await page.evaluate(() =>
    fetch("https://example.org/").then(
      () => "sent",
      (error: unknown) => String(error),
    ),
  );
  expect(refused).not.toBe("sent");
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toContain("'unsafe-eval'");
});

test("first paint: at most 200 kB of gzipped JavaScript before anything is open", async ({ page }) => {
  await installFakeWorker(page);
  const names = new Set<string>();
  page.on("response", (response) => {
    const url = new URL(response.url());
    if (url.pathname.endsWith(".js") && !url.pathname.includes("worker")) names.add(url.pathname);
  });
  await page.goto("./");
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  const bytes = [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(APP, name))).byteLength, 0);
  expect(names.size).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

test("a 4k screen is used, and motion stops where it is not wanted", async ({ page }) => {
  await installFakeWorker(page);
  await page.setViewportSize({ width: 3840, height: 2160 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await compareSample(page);
  const width = await page.locator("main").evaluate((main) => main.getBoundingClientRect().width);
  expect(width).toBeGreaterThan(1600);
  await page.screenshot({ path: `${SCREENS}/compare-4k.png` });
  const animated = await page.evaluate(() => document.getAnimations().length);
  expect(animated).toBe(0);
});

test.describe("offline", () => {
  test.use({ serviceWorkers: "allow" });

  test("after the first visit the page opens without a network", async ({ page, context }) => {
    await page.goto("./");
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      // Files are there once the worker has been activated; until then it installs.
      while (navigator.serviceWorker.controller === null) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await context.setOffline(true);
    await page.reload();
    await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
    // A panel that was never opened, and the sample's weights, come from what was kept.
    await page.keyboard.press("2");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Inspect");
    const sample = await page.evaluate(async () => (await (await fetch("sample/model.safetensors")).arrayBuffer()).byteLength);
    expect(sample).toBe(statSync(join(APP, "sample", "model.safetensors")).size);
    expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);
    const kept = await page.evaluate(async () => (await (await caches.open((await caches.keys())[0] ?? "")).keys()).length);
    const built = readdirSync(join(APP, "assets")).filter((name) => !name.endsWith(".map")).length;
    expect(kept).toBeGreaterThanOrEqual(built);
  });
});
