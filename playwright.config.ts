/** Behaviour tests on the built page; `npm test` serves it and says where (VITRINE_URL), otherwise a server is started here. */
import { defineConfig, devices } from "@playwright/test";
import { browserLaunch } from "./e2e/launch.ts";

const PORT = 4199;
const servedAt = process.env["VITRINE_URL"];

/** Specs in which a stand-in computes: they take no adapter's time, so that two of them run at once. */
const INTERFACE = ["analysis-panels", "gallery", "given-files", "hub", "page-manners", "page-panels"].map((name) => `${name}.spec.ts`);

export default defineConfig({
  testDir: "e2e",
  snapshotPathTemplate: "{testDir}/snapshots/{arg}{ext}",
  timeout: 240_000,
  expect: { timeout: 30_000 },
  workers: 2,
  fullyParallel: false,
  projects: [
    { name: "interface", testMatch: INTERFACE, outputDir: "out/test/interface" },
    // One after the other: a software adapter has all cores.
    { name: "engine", testMatch: "*.spec.ts", testIgnore: INTERFACE, outputDir: "out/test/engine", workers: 1 },
  ],
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
