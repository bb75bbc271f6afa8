/** Compare, Diagnose, Sweep and Bench on the built page over the stand-in engine: their main jobs, axe, keyboard, and pictures in out/test/screens. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { violations } from "./axe.ts";
import { installFakeWorker } from "./fake-worker.ts";

const SCREENS = "out/test/screens";

// axe is injected as a script, which the page's content security policy would refuse; a service worker would answer for the stand-in.
test.use({ bypassCSP: true, serviceWorkers: "block" });

async function openSample(page: Page, options: Parameters<typeof installFakeWorker>[1] = {}): Promise<void> {
  await installFakeWorker(page, options);
  await page.goto("./?automation=1");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.getByTestId("verdict")).toBeVisible();
  await expect(page.getByTestId("self-test")).toHaveAttribute("data-state", "ok");
}

/** axe and a picture in light, dark and narrow; nothing scrolls sideways. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(100);
    expect.soft(await violations(page), `${name} ${colorScheme}`).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/${name}-${colorScheme}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.waitForTimeout(200);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} at 360 px`).toBeLessThanOrEqual(0);
  expect.soft(await violations(page), `${name} narrow`).toEqual([]);
  await page.screenshot({ path: `${SCREENS}/${name}-narrow.png`, fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("compare: filters, order, attention by head, margins of two recipes", async ({ page }) => {
  await openSample(page);
  await expect(page.getByTestId("agreement-interval")).toContainText(/95 % interval: \d+ to \d+ %/);
  await expect(page.getByTestId("changes")).toContainText(
    /attention probabilities \(8 tensors\): 4-bit log sqrt 2 instead of 4-bit uniform.*weights and activations in 4 bits in both/s,
  );
  const rescued = page.locator('[data-testid="image"][data-mark="rescued"]').first();
  await expect(rescued).toContainText(/min-max: \w+/);
  const images = page.getByTestId("image");
  const all = await images.count();
  await page
    .getByTestId("filter")
    .getByText(/^Near ties/)
    .click();
  const ties = await images.count();
  expect(ties).toBeGreaterThan(0);
  expect(ties).toBeLessThan(all);
  await page.getByTestId("order").getByRole("button").click();
  await page.getByRole("option", { name: /^most changed first/ }).click();
  await page.getByTestId("filter").getByText(/^All/).click();
  const chosen = await images.first().getByRole("paragraph").first().innerText();
  await images
    .first()
    .getByRole("button", { name: /^attention on/ })
    .click();
  await expect(page.getByTestId("attention-box")).toHaveAttribute("data-kind", "maps");
  await expect(page.getByTestId("attention-image").getByRole("button")).toContainText(chosen);
  await page.getByTestId("attention-block").getByRole("button").click();
  await page.getByRole("option", { name: "heads of block 3" }).click();
  await page.getByRole("button", { name: /^head 2/ }).click();
  await expect(page.getByRole("img", { name: "block 3, head 2, quantized minus float" })).toBeVisible();
  const swipe = page.getByRole("slider", { name: /float to quantized/ });
  await swipe.focus();
  await page.keyboard.press("End");
  await expect(page.locator(".swipe-over")).toHaveCSS("clip-path", "inset(0px 0px 0px 100%)");
  const chart = page.getByTestId("margin-chart");
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByTestId("margins").locator("output")).toContainText(/margin .* in float/);
  await expect(page.getByTestId("layer-chart").locator("path").first()).toBeAttached();
  const nodeData = JSON.stringify({ name: "weight kurtosis", results: { "vit/blocks/1/mlp/fc1;0": { value: 7.25 }, other: { value: 1 } } });
  await page.getByTestId("overlay-input").setInputFiles({ name: "k.json", mimeType: "application/json", buffer: Buffer.from(nodeData) });
  await expect(page.getByTestId("overlay")).toContainText("1 of 2 names are layers that were measured here.");
  await expect(page.getByTestId("overlay-grid")).toContainText("blocks.1.mlp.fc1: 7.25, here");
  await lookAt(page, "compare-full");
});

test("diagnose: reasons, a change written into the recipe, and undone", async ({ page }) => {
  await openSample(page);
  await page.keyboard.press("6");
  await lookAt(page, "diagnose-before");
  await page.getByTestId("diagnose").click();
  await expect(page.getByTestId("token-section")).toBeVisible();
  await expect(page.getByTestId("ranking-table")).toBeVisible();
  await expect(page.getByTestId("split-both")).toHaveAttribute("data-value", "0.566");
  const finding = page
    .getByTestId("finding")
    .filter({ has: page.getByTestId("apply") })
    .first();
  await finding.getByTestId("apply").click();
  await expect(page.getByTestId("change-bar")).toHaveAttribute("data-stale", "true");
  await page.getByRole("button", { name: "Undo the change" }).click();
  await expect(page.getByTestId("change-bar")).toHaveCount(0);
  const wider = page
    .getByTestId("apply")
    .filter({ hasText: /^\d bits for/ })
    .first();
  await wider.click();
  await expect(page.getByTestId("rule-chip")).toContainText(/: \d bits/);
  await page.getByTestId("rule-chip").getByRole("button").click();
  await expect(page.getByTestId("change-bar")).toHaveCount(0);
  await page.getByTestId("ranking-kind").getByText("Layers").click();
  await page.getByTestId("ranking-mode").getByText("Left in float").click();
  await page.getByTestId("measure-ranking").click();
  await expect(page.getByTestId("ranking-table")).toHaveAttribute("data-mode", "without");
  await page.getByTestId("softmax-scheme").getByText("uniform", { exact: true }).click();
  await expect(page.locator("#softmax-title")).toContainText(/of 16 uniform levels are wasted/);
  await page.getByTestId("error-kind").getByText("Added up").click();
  await expect(page.getByTestId("pair-strip").locator("button")).toHaveCount(80);
  await expect(page.getByTestId("residual-chart").locator("path").first()).toBeAttached();
  await lookAt(page, "diagnose-full");
});

test("a rule: painted by keyboard, written in the file with its faults at their line, undone, and run", async ({ page }) => {
  await openSample(page);
  await page.keyboard.press("4");
  const cell = page.getByTestId("bit-grid").locator('[data-row="9"][data-column="0"]');
  await expect(cell).toHaveText(/^4\s*blocks\.0\.mlp\.fc2: input 4 bits/);
  const before = Number(await page.getByTestId("cost").getAttribute("data-bytes"));
  await cell.focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("8");
  await expect(page.getByTestId("rule")).toHaveCount(1);
  await expect(page.getByTestId("difference")).toHaveText([/fc2 input, block 0.*4 bits → 8 bits/, /fc2 weights, block 0.*4 bits → 8 bits/]);
  expect(Number(await page.getByTestId("cost").getAttribute("data-bytes")) - before).toBe((32 * 128) / 2);
  await page.keyboard.press("Control+z");
  await expect(page.getByTestId("rule")).toHaveCount(0);
  await page.keyboard.press("Control+Shift+z");
  await expect(page.getByTestId("rule")).toHaveCount(1);

  const editor = page.getByTestId("json-text");
  const written = await editor.inputValue();
  await editor.fill(written.replace('"bits": 8', '"bits": 9'));
  const line = 1 + written.split("\n").findIndex((text) => text.includes('"bits": 8'));
  await expect(page.getByTestId("json-state")).toContainText(`Line ${line}, column`);
  await expect(page.getByTestId("json-apply")).toBeDisabled();
  await editor.fill(written.replace('"blocks.0.mlp.fc2"', '"*.mlp.fc2"').replace('["weight", "input"]', '"weight"'));
  await editor.press("Control+Enter");
  await expect(page.getByTestId("json-state")).toHaveText("This is what is set.");
  const expected = Number((await page.getByTestId("weight-bits-mean").innerText()).trim());
  expect(expected).toBeGreaterThan(4.5);

  const [from, to] = ['[data-row="3"][data-column="1"]', '[data-row="4"][data-column="5"]'].map((place) =>
    page.getByTestId("bit-grid").locator(place),
  );
  await from?.hover();
  await page.mouse.down();
  await to?.hover();
  await page.mouse.up();
  await expect(page.getByTestId("rule")).toHaveCount(2);
  await expect(from).toContainText("probabilities 8 bits");
  await expect(to).toContainText("value 8 bits");
  await page.getByTestId("add-rule").click();
  await page.getByTestId("rule").last().getByRole("textbox").fill("blocks.9.*");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("rule-fault")).toContainText('"blocks.9.*" is the name of no layer');
  await lookAt(page, "recipe-rules");
  await page.getByRole("button", { name: "Remove rule 3" }).click();

  await page.getByRole("button", { name: "Quantize and compare" }).click();
  await expect(page.getByText("asked for: W4A4, 2 rules")).toBeVisible();
  const measured = Number(await page.getByTestId("effective-weight-bits").getAttribute("data-value"));
  expect(measured).toBeCloseTo(expected, 2);

  await page.keyboard.press("7");
  await page.getByTestId("start-sweep").click();
  const ruled = page.getByTestId("run").filter({ hasText: "RepQ-ViT, 2 rules" });
  await expect(ruled).toHaveCount(3);
  await expect(page.getByTestId("job")).toHaveCount(0);
  await ruled.last().getByTestId("open-run").click();
  await expect(page.getByText("asked for: W4A4, 2 rules")).toBeVisible();
});

test("sweep: axes, points as they come, cancel, and a run opened again", async ({ page }) => {
  await openSample(page, { stepMs: 25 });
  await page.keyboard.press("7");
  await page.getByLabel("3/3", { exact: true }).check();
  await expect(page.getByTestId("start-sweep")).toHaveText("Run 8 models");
  await page.getByTestId("start-sweep").click();
  await expect(page.getByTestId("run").nth(1)).toBeVisible();
  await page.getByRole("button", { name: /^Cancel/ }).click();
  await expect(page.getByTestId("job")).toHaveCount(0);
  const done = await page.getByTestId("run").count();
  expect(done).toBeLessThan(8);
  await expect(page.getByTestId("start-sweep")).toHaveText(`Run ${8 - done} model${done === 7 ? "" : "s"}`);
  await page.getByTestId("start-sweep").click();
  await expect(page.getByTestId("run")).toHaveCount(8);
  await expect(page.getByTestId("start-sweep")).toHaveText("All of these have run");
  await expect(page.getByTestId("job")).toHaveCount(0);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  expect((await download).suggestedFilename()).toBe("vitrine-sweep.csv");
  await lookAt(page, "sweep-full");
  const chart = page.getByTestId("pareto-chart");
  await chart.focus();
  await page.keyboard.press("End");
  await expect(page.getByTestId("pareto").locator("output")).toContainText(/^RepQ-ViT 3\/3: /);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("panel-compare")).toHaveAttribute("aria-current", "page");
  await expect(page.getByTestId("verdict")).toContainText("RepQ-ViT");
  await expect(page.getByText("asked for: W3A3")).toBeVisible();
});

test("bench: profile, tune, save, compare with what was saved, refuse what is no profile", async ({ page }, info) => {
  await openSample(page, { adapter: "hardware" });
  await page.keyboard.press("8");
  await page.getByTestId("start-tune").click();
  await expect(page.getByTestId("limits")).toContainText("11.0 TOP/s");
  await page.getByText("Which kernel runs which shape").click();
  await expect(page.getByTestId("tuned-shapes").locator("tbody tr")).toHaveCount(4);
  await page.getByTestId("start-profile").click();
  const dispatches = Number(await page.getByTestId("dispatches").getAttribute("data-value"));
  await expect(page.getByTestId("step")).toHaveCount(dispatches);
  await page.getByTestId("step-order").getByText("Slowest first").click();
  const kernel = await page.getByTestId("shares").locator("tbody th").first().innerText();
  await expect(page.locator("#shares-title")).toContainText(kernel);
  const chart = page.getByTestId("roofline-chart");
  await chart.focus();
  await page.keyboard.press("End");
  await expect(page.getByTestId("roofline").locator("output")).toContainText(/OP\/s at .* operations per byte, \d+ % of the floor/);

  const [saved, trace] = [info.outputPath("saved.json"), info.outputPath("trace.json")];
  for (const [button, file] of [
    ["save-profile", saved],
    ["save-trace", trace],
  ] as const) {
    const download = page.waitForEvent("download");
    await page.getByTestId(button).click();
    await (await download).saveAs(file);
  }
  const { traceEvents } = JSON.parse(readFileSync(trace, "utf8")) as { traceEvents: { ph: string; tid: number }[] };
  expect(traceEvents.filter(({ ph, tid }) => ph === "X" && tid === 2)).toHaveLength(dispatches);
  await page.getByTestId("profile-input").setInputFiles(saved);
  await expect(page.getByTestId("saved-kernels")).toHaveText("The same kernels ran in both.");
  await expect(page.getByTestId("step-change").first()).toHaveText("±0.0 %");
  await page.getByTestId("start-profile").click();
  await expect(page.getByTestId("step-change").first()).not.toHaveText("±0.0 %");
  await expect(page.getByTestId("job")).toHaveCount(0);
  await lookAt(page, "bench-full");

  writeFileSync(saved, "{}");
  await page.getByTestId("profile-input").setInputFiles(saved);
  await expect(page.getByTestId("error-code")).toHaveText("PROFILE_INVALID");
  await lookAt(page, "bench-error");
});

test("bench: nothing is ranked on a software adapter, and the page says why", async ({ page }) => {
  await openSample(page);
  await page.keyboard.press("8");
  await expect(page.getByTestId("bench-software")).toContainText("nothing is ranked");
  await expect(page.getByTestId("adapter")).toContainText("WebAssembly computes");
  await page.getByTestId("software-use").getByText("the software adapter", { exact: true }).click();
  await expect(page.getByTestId("adapter")).toContainText("results valid, timings not");
  await page.getByTestId("start-tune").click();
  await expect(page.getByTestId("tuning")).toHaveAttribute("data-tuned", "true");
  await page.getByTestId("bench-model").getByText("stored in 16 bits").click();
  await page.getByTestId("start-profile").click();
  await expect(page.getByTestId("bench-tiles")).toContainText("float stored in 16 bits, 1 image");
  await expect(page.getByTestId("step").first()).toBeVisible();
  for (const ranked of ["shares", "roofline", "step-order"]) await expect(page.getByTestId(ranked)).toHaveCount(0);
  await expect(page.getByTestId("job")).toHaveCount(0);
  await lookAt(page, "bench-software");
});

test("a diagnosis is cancelled by Escape, and leaves the page as it was", async ({ page }) => {
  // Slow enough that the job is seen on a machine that does other things.
  await openSample(page, { stepMs: 40 });
  await page.keyboard.press("6");
  await expect(page.getByTestId("diagnose")).toBeEnabled();
  await page.getByTestId("diagnose").click();
  await expect(page.getByTestId("job")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("job")).toHaveCount(0);
  await expect(page.getByTestId("error-card")).toHaveCount(0);
  await expect(page.getByTestId("diagnose")).toBeEnabled();
});
