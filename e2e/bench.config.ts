/** Benchmarks in a browser: `npm run bench` serves the benchmark's page and says where (VITRINE_URL). One at a time, never twice. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../out/bench/playwright",
  // A measurement takes the time it takes; --time-limit bounds its parts.
  timeout: 0,
  workers: 1,
  // Shards take single models.
  fullyParallel: true,
  retries: 0,
  reporter: [["list"]],
  use: { baseURL: process.env["VITRINE_URL"] ?? "http://127.0.0.1:4199/" },
});
