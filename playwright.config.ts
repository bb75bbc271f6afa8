/** Behaviour tests on the built page; `npm test` serves it and says where (VITRINE_URL), otherwise a server is started here. */
import { defineConfig, devices } from "@playwright/test";
import { browserLaunch } from "./e2e/launch.ts";

const PORT = 4199;
const servedAt = process.env["VITRINE_URL"];

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  outputDir: "out/test/playwright",
  snapshotPathTemplate: "{testDir}/snapshots/{arg}{ext}",
  timeout: 240_000,
  expect: { timeout: 30_000 },
  workers: 1,
  fullyParallel: false,
  retries: 0,
  reporter: [["list"], ["json", { outputFile: "out/test/page.json" }]],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: servedAt ?? `http://127.0.0.1:${PORT}/`,
    trace: "retain-on-failure",
    launchOptions: await browserLaunch(),
  },
  ...(servedAt === undefined
    ? { webServer: { command: `node tools/serve.mjs --port ${PORT}`, url: `http://127.0.0.1:${PORT}/`, reuseExistingServer: false } }
    : {}),
});
