/** Compare, Diagnose, Sweep and Bench with the real engine on a small model: numbers that hang together, and a page that stays fluent while the worker works. */
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { renderSample } from "../src/sample/render.ts";
import sharp from "sharp";
import { modelSources, syntheticVit, type SyntheticOptions } from "../src/testing/synthetic-model.ts";
import { measureFrames, sum } from "./frames.ts";

const JOB = '[data-testid="job"]';

test.use({ bypassCSP: true, serviceWorkers: "block" });
test.describe.configure({ mode: "serial" });

const ADDRESS = "./?automation=1&compute=adapter";

let context: BrowserContext;
let page: Page;

async function modelFiles(options: SyntheticOptions = { numClasses: 7 }) {
  return Promise.all(
    modelSources(syntheticVit(options)).map(async (source) => ({
      name: source.name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(await source.slice(0, source.byteLength)),
    })),
  );
}

function imageFiles() {
  return Promise.all(
    Array.from({ length: 6 }, async (_, i) => {
      const { rgb, width, height } = renderSample(5000 + i).pixels;
      const buffer = await sharp(Buffer.from(rgb), { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      return { name: `image-${i}.png`, mimeType: "image/png", buffer };
    }),
  );
}

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext({ bypassCSP: true, serviceWorkers: "block", colorScheme: "light" });
  page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(ADDRESS);
  await page
    .getByTestId("file-input")
    .first()
    .setInputFiles(await modelFiles());
});

test.afterAll(() => context.close());

async function value(testId: string): Promise<number> {
  return Number(await page.getByTestId(testId).first().getAttribute("data-value"));
}

interface LastResult {
  readonly main: {
    readonly floatLogits: readonly number[];
    readonly quantizedLogits: readonly number[];
    readonly env: { readonly deviceLosses: number; readonly adapter: { readonly tunedShapes: number } };
  };
  readonly warnings: readonly { readonly code: string }[];
}

function lastResult(of = page): Promise<LastResult> {
  return of.evaluate(() => (globalThis as unknown as { vitrine: { result(): LastResult } }).vitrine.result());
}

test("bench: the adapter is tuned for a dropped model, and a forward profiled", async () => {
  test.setTimeout(600_000);
  await expect(page).toHaveTitle(/·/);
  await expect(page.getByTestId("job")).toHaveCount(0);
  await page.keyboard.press("8");
  await page.getByTestId("start-tune").click();
  await expect(page.getByTestId("tuning")).toHaveAttribute("data-tuned", "true", { timeout: 300_000 });
  await expect(page.getByTestId("limits")).toContainText(/OP\/s/);
  await page.getByTestId("start-profile").click();
  // Seven dispatches a block, patches, embedding, last norm and head.
  await expect(page.getByTestId("dispatches")).toHaveAttribute("data-value", "18", { timeout: 200_000 });
  await expect(page.getByTestId("step")).toHaveCount(18);
  await expect(page.getByTestId("step").first()).toContainText(/\d %/);
  await expect(page.getByTestId("job")).toHaveCount(0);
});

test("dropped images are compared, with the tuned kernels", async () => {
  await page.keyboard.press("1");
  await page
    .getByTestId("file-input")
    .first()
    .setInputFiles(await imageFiles());
  await expect(page.getByTestId("verdict")).toBeVisible({ timeout: 200_000 });
  await expect(page.getByTestId("job")).toHaveCount(0, { timeout: 100_000 });
});

/** What tells two computations apart: every logit, to the last bit. */
async function logits(of: Page) {
  const { floatLogits, quantizedLogits } = (await lastResult(of)).main;
  return { floatLogits, quantizedLogits };
}

/** Compare once more; when the comparison began and ended. Watched in the page: it takes about a second, and a tab checks its kernels between two, which is a job too. */
async function compareAgain(tab: Page): Promise<{ readonly fromMs: number; readonly toMs: number }> {
  const watched = tab.evaluate(async () => {
    const { vitrine } = globalThis as unknown as { vitrine: { state(): { job: string | null } } };
    const until = async (isComparing: boolean) => {
      while ((vitrine.state().job === "Comparing") !== isComparing) await new Promise((resolve) => setTimeout(resolve, 5));
      return Date.now();
    };
    return { fromMs: await until(true), toMs: await until(false) };
  });
  await tab.keyboard.press("r");
  return watched;
}

test("two tabs at work at once, each on a model of its own, compute what each computes alone", async () => {
  // The first tab checks its kernels meanwhile, and all tabs share one queue of compilations.
  const other = await context.newPage();
  // By its address at the panel that takes files: without one a tab opens where the other one is, and that panel takes none once the model is there.
  await other.goto(`${ADDRESS}#open`);
  // Files that are chosen while the panel is drawn anew for what was open are lost with its field.
  await expect(other.getByText("What was open is open again.")).toBeAttached();
  await other
    .getByTestId("file-input")
    .first()
    .setInputFiles([...(await modelFiles({ numClasses: 7, seed: 2 })), ...(await imageFiles())]);
  await expect(other.getByTestId("verdict")).toBeVisible({ timeout: 200_000 });
  const tabs = [page, other];
  const alone = await Promise.all(tabs.map(logits));
  expect(alone[0]?.quantizedLogits).not.toEqual(alone[1]?.quantizedLogits);
  expect(alone[0]?.floatLogits.length).toBe(alone[1]?.floatLogits.length);

  for (let round = 0; round < 3; round++) {
    const [first, second] = await Promise.all(tabs.map(compareAgain));
    expect(Math.max(first.fromMs, second.fromMs)).toBeLessThan(Math.min(first.toMs, second.toMs));
    expect(await Promise.all(tabs.map(logits))).toEqual(alone);
  }
  for (const tab of tabs) await expect(tab.getByTestId("error-card")).toHaveCount(0);
  await other.close();
});

test("without a GPU the CPU computes: a comparison, a diagnosis, and Bench says what it lacks", async ({ browser }) => {
  const other = await browser.newPage({ bypassCSP: true, serviceWorkers: "block" });
  await other.route("**/assets/lab.worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: `Object.defineProperty(navigator, "gpu", { value: undefined });\n${await response.text()}`,
    });
  });
  await other.goto("./?automation=1");
  await expect(other.getByTestId("no-adapter")).toBeVisible();
  await other
    .getByTestId("file-input")
    .first()
    .setInputFiles([...(await modelFiles()), ...(await imageFiles())]);
  await expect(other.getByTestId("verdict")).toBeVisible({ timeout: 100_000 });
  await expect(other.getByTestId("executor")).toHaveAttribute("data-value", "cpu");
  await expect(other.getByTestId("adapter")).toContainText("no GPU: the CPU computes");
  await expect(other.getByTestId("verdict")).toHaveAttribute("data-total", "6");
  await expect(other.getByTestId("self-test")).toHaveCount(0);
  await other.keyboard.press("6");
  await other.getByTestId("diagnose").click();
  await expect(other.getByTestId("ranking-table")).toBeVisible({ timeout: 100_000 });
  await expect(other.getByTestId("error-card")).toHaveCount(0);
  await other.keyboard.press("8");
  await expect(other.getByTestId("bench-no-adapter")).toBeVisible();
  await other.close();
});

test("attention: both models look at an image, head by head", async () => {
  await page.keyboard.press("5");
  await page.getByTestId("attention-section").scrollIntoViewIfNeeded();
  await expect(page.getByTestId("attention-box")).toHaveAttribute("data-kind", "maps", { timeout: 100_000 });
  await page.getByTestId("attention-block").getByRole("button").click();
  await page.getByRole("option", { name: "heads of block 1" }).click();
  await expect(page.getByRole("button", { name: /^head \d, cosine/ })).toHaveCount(3);
  await page.getByTestId("attention-section").getByText("View as table").click();
  const rows = await page.getByTestId("attention-section").locator("tbody tr td:nth-child(3)").allInnerTexts();
  expect(rows.length).toBe(16);
  const sum = rows.reduce((total, text) => total + Number(text), 0);
  // What the class token gives to patches; the rest goes to itself. Values are rounded to four digits.
  expect(sum).toBeGreaterThan(0.5);
  expect(sum).toBeLessThan(1.01);
});

test("diagnose: what is measured hangs together, and a change that it proposes can be run", async () => {
  test.setTimeout(400_000);
  await page.keyboard.press("6");
  await page.getByTestId("diagnose-side").getByText("min-max").click();
  await page.getByTestId("diagnose").click();
  await expect(page.getByTestId("ranking-table")).toBeVisible({ timeout: 300_000 });
  await expect(page.getByTestId("job")).toHaveCount(0);
  expect(await value("split-neither")).toBeLessThan(1e-6);
  const [weights, activations, both] = [await value("split-weights"), await value("split-activations"), await value("split-both")];
  expect(weights).toBeGreaterThan(0);
  expect(activations).toBeGreaterThan(0);
  expect(both).toBeGreaterThan(0.3 * Math.max(weights, activations));
  await expect(page.getByTestId("ranking-table").locator("tbody tr")).toHaveCount(8);
  await expect(page.getByTestId("pair-strip")).toBeVisible();
  await expect(page.getByTestId("softmax-section")).toContainText("uniform");
  await expect(page.getByTestId("range-section")).toContainText("times as wide as the median one");
  await expect(page.getByTestId("token-section")).toBeVisible();
  await page.screenshot({ path: "out/test/screens/diagnose-real.png", fullPage: true });
  await page.getByTestId("ranking-kind").getByText("Blocks").click();
  await page.getByTestId("measure-ranking").click();
  await expect(page.getByTestId("ranking-table")).toHaveAttribute("data-kind", "block", { timeout: 100_000 });
  // Two blocks, the patch embedding and the classifier.
  await expect(page.getByTestId("ranking-table").locator("tbody tr")).toHaveCount(4);
});

test("sweep: two models, sizes by their bits, and the files", async () => {
  test.setTimeout(400_000);
  await page.keyboard.press("7");
  for (const bits of ["6/6", "4/4"]) await page.getByLabel(bits, { exact: true }).uncheck();
  await page.getByTestId("start-sweep").click();
  await expect(page.getByTestId("run")).toHaveCount(2, { timeout: 300_000 });
  await expect(page.getByTestId("job")).toHaveCount(0);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download JSON" }).click();
  const stream = await (await download).createReadStream();
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  const report = JSON.parse(text);
  expect(report).toMatchObject({ schema: "vitrine.sweep/1", imageCount: 6 });
  for (const row of report.rows) {
    expect(row).toMatchObject({ bits: "8/8", effectiveWeightBits: 8, executor: "integer" });
    expect(row.quantizedBytes).toBeGreaterThan(report.floatBytes / 4);
    expect(row.quantizedBytes).toBeLessThan(report.floatBytes / 2);
    expect(row.quality.klDivergence).toBeLessThan(0.05);
  }
});

/** How many frames there are is the software adapter's doing here: it computes and draws on the same cores. page.spec.ts counts them on the page as people get it. */
test("while the worker measures, the page itself does little: half of a fiftieth of a second for a frame at most", async () => {
  await page.keyboard.press("6");
  await page.getByTestId("diagnose").click();
  await expect(page.locator(JOB)).toBeVisible();
  const { framesMs, workMs } = await measureFrames(page, { durationMs: 4000, whileSeen: JOB });
  await page.keyboard.press("Escape");
  await expect(page.locator(JOB)).toHaveCount(0, { timeout: 100_000 });
  const text = `${framesMs.length} frames in ${sum(framesMs).toFixed(0)} ms, of which the page worked ${workMs.toFixed(0)} ms`;
  process.stdout.write(`  ${text}\n`);
  expect(workMs, text).toBeGreaterThan(0);
  expect(workMs / framesMs.length, text).toBeLessThan(10);
});

test("no memory for a tensor: the error names it, the result stays, and the next run is right", async () => {
  const before = await lastResult();
  const [worker] = page.workers();
  // The next buffer of weights finds no room, as far as the page can tell.
  await worker?.evaluate(() => {
    const { createBuffer, popErrorScope } = GPUDevice.prototype;
    let refused: string | null = null;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      if (refused === null && descriptor.label?.endsWith(" more") === true) refused = descriptor.label ?? "";
      return createBuffer.call(this, descriptor);
    };
    GPUDevice.prototype.popErrorScope = async function () {
      const isRefused = refused !== null;
      if (isRefused) Object.assign(GPUDevice.prototype, { createBuffer, popErrorScope });
      const error = await popErrorScope.call(this);
      return isRefused ? new GPUOutOfMemoryError(`no room for ${refused}`) : error;
    };
  });
  await page.keyboard.press("r");
  const card = page.getByTestId("error-card");
  await expect(card).toContainText("OUT_OF_MEMORY", { timeout: 100_000 });
  await expect(card).toContainText(/weight and \d+ more" needs .* MiB of GPU memory/);
  expect(await logits(page)).toEqual({ floatLogits: before.main.floatLogits, quantizedLogits: before.main.quantizedLogits });
  await page.keyboard.press("r");
  await expect(card).toHaveCount(0, { timeout: 100_000 });
  await expect(page.locator(JOB, { hasText: "Comparing" })).toHaveCount(0, { timeout: 100_000 });
  expect(await logits(page)).toEqual({ floatLogits: before.main.floatLogits, quantizedLogits: before.main.quantizedLogits });
});

// Behind the others: what the page opened again is colder than what they ran on.
test("a device lost in the middle of a run changes no result, and the page says so", async () => {
  test.setTimeout(600_000);
  const before = await lastResult();
  expect(before.main.env.deviceLosses).toBe(0);
  expect(before.main.env.adapter.tunedShapes).toBeGreaterThan(0);
  // The device goes at the 5th and at the 60th piece of work: in the calibration, and when models run.
  const [worker] = page.workers();
  await worker?.evaluate(() => {
    const { createCommandEncoder } = GPUDevice.prototype;
    let made = 0;
    GPUDevice.prototype.createCommandEncoder = function (...given) {
      made++;
      if (made === 5 || made === 60) this.destroy();
      return createCommandEncoder.apply(this, given);
    };
  });
  await page.keyboard.press("r");
  await expect(page.getByTestId("device-losses")).toContainText("2 times", { timeout: 300_000 });
  await expect(page.getByTestId("job")).toHaveCount(0, { timeout: 300_000 });
  await expect(page.getByTestId("error-card")).toHaveCount(0);
  const after = await lastResult();
  expect(after.main.floatLogits).toEqual(before.main.floatLogits);
  expect(after.main.quantizedLogits).toEqual(before.main.quantizedLogits);
  expect(after.warnings.map(({ code }) => code)).toContain("DEVICE_REOPENED");
  await page.keyboard.press("5");
  await expect(page.locator('[data-code="DEVICE_REOPENED"]')).toBeVisible();
});

test("a tuning is there after a reload, until it is forgotten", async () => {
  await page.goto(ADDRESS);
  await page.keyboard.press("8");
  const tuning = page.getByTestId("tuning");
  await expect(tuning).toHaveAttribute("data-tuned", "true");
  await page.getByTestId("forget-tuning").click();
  await expect(tuning).toHaveAttribute("data-tuned", "false");
  await page.reload();
  await page.keyboard.press("8");
  await expect(page.getByTestId("adapter")).toContainText("swiftshader", { ignoreCase: true });
  await expect(tuning).toHaveAttribute("data-tuned", "false");
});
