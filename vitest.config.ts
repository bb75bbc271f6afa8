/**
 * Two projects: "unit" (pure code, parallel) and "gpu" (*.gpu.test.ts on Dawn: one process, one device, one file after the other,
 * because SwiftShader loses Dawn instances when many devices come and go). Shaders come in through package.json "imports".
 */
import { defineConfig } from "vitest/config";
import { gpuEnvironment } from "./tools/gpu-env.mjs";

// The Vulkan loader reads the environment when Dawn starts, so the test processes must be born with it.
Object.assign(process.env, await gpuEnvironment());

const GPU_TESTS = "src/**/*.gpu.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: [GPU_TESTS],
          testTimeout: 60_000,
        },
      },
      {
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
