/** Benchmarks on the built page: `npm run bench` serves it and says where (VITRINE_URL). One at a time, never twice. */
import { defineConfig } from "@playwright/test";
import { browserLaunch } from "./launch.ts";

export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../out/bench/playwright",
  timeout: 20 * 60_000,
  workers: 1,
  retries: 0,
  reporter: [["list"]],
  use: { baseURL: process.env["VITRINE_URL"] ?? "http://127.0.0.1:4199/", launchOptions: await browserLaunch() },
});
