/**
 * Two projects: "unit" (pure code, parallel) and "gpu" (*.gpu.test.ts on Dawn: one process, one device, one file after the other,
 * because SwiftShader loses Dawn instances when many devices come and go). Shaders come in through package.json "imports".
 */
import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { assemblyPlugin } from "./tools/assembly.mjs";
import { gpuEnvironment } from "./tools/gpu-env.mjs";

// The Vulkan loader reads the environment when Dawn starts, so the test processes must be born with it.
Object.assign(process.env, await gpuEnvironment());

const GPU_TESTS = "src/**/*.gpu.test.ts";

// Comparisons with models, weights and images that are not part of the project: where they lie beside the checkout they must be readable, else a test fails.
const ORACLE_TESTS = "src/**/*.oracle.test.ts";
const sharedIsThere = existsSync("../shared");
if (!sharedIsThere) console.warn(`../shared is absent: ${ORACLE_TESTS} are not run, everything else is`);

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [assemblyPlugin()],
        test: {
          name: "unit",
          environment: "node",
          // Files share a process: most of the time of a test file is the loading of its imports. Every core works, not all but one.
          isolate: false,
          maxWorkers: "100%",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: sharedIsThere ? [GPU_TESTS] : [GPU_TESTS, ORACLE_TESTS],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [assemblyPlugin()],
        test: {
          name: "gpu",
          environment: "node",
          include: [GPU_TESTS],
          setupFiles: ["src/testing/gpu-setup.ts"],
          pool: "forks",
          isolate: false,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
