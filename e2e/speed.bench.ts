/** `npm run bench` in a browser: one test per model, so that Playwright can share the models out (`--shard`). Every contender has a page of its own. */
import { test } from "@playwright/test";
import { chooseContenders } from "../src/bench/contender-list.ts";
import { describeRun } from "../src/bench/environment.ts";
import { writePart } from "../src/bench/finish.ts";
import { keyOf, readManifest, readReference } from "../src/bench/models/prepared-files.ts";
import { runModel } from "../src/bench/run-model.ts";
import { readSettings } from "../src/bench/settings.ts";
import { openBenchBrowser } from "./bench-browser.ts";

const settings = readSettings();
const { modelsFolder, runs, batches, timeLimitSeconds, threads, headed } = settings;
const say = (text: string) => void process.stderr.write(`bench: ${text}\n`);

for (const key of settings.models.map(keyOf)) {
  // oxlint-disable-next-line vitest/expect-expect -- a measurement: goals and baseline are judged when all parts are there
  test(key, async ({ baseURL }) => {
    test.setTimeout(0);
    const manifest = readManifest(modelsFolder, key);
    const browser = await openBenchBrowser({ url: baseURL ?? "", manifest, threads, headed });
    try {
      const { adapter, runtime } = browser;
      const rows = await runModel(browser, {
        model: key,
        contenders: chooseContenders(settings.contenders, "browser"),
        runs,
        batches,
        timeLimitMs: timeLimitSeconds * 1000,
        isSoftware: adapter?.isSoftware ?? false,
        reference: { logits: readReference(modelsFolder, key), classes: manifest.classes },
        onProgress: say,
      });
      const packages = ["onnxruntime-web", "@huggingface/transformers"];
      writePart(settings.partsFolder, key, describeRun(settings, runtime, adapter, packages, [key], rows));
    } finally {
      await browser.close();
    }
  });
}
