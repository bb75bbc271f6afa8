/**
 * The built page over the stand-in engine: the request for the worker's script is answered with src/app/testing/fake.worker.ts,
 * bundled on the spot. Specs of the interface use it, so that they need no adapter and take no time.
 */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { build } from "vite";
import { assemblyPlugin } from "../tools/assembly.mjs";

let bundled: Promise<string> | null = null;

/** `stepMs`: pause between two progress reports of the stand-in. Call it before the page is opened. */
export async function installFakeWorker(page: Page, { stepMs = 4, adapter = "software", depth = 8, images = 64 } = {}): Promise<void> {
  const script = await (bundled ??= bundleFakeWorker());
  // The stand-in reads its options from its name, which the page does not set.
  const name = JSON.stringify(
    new URLSearchParams({ step: String(stepMs), adapter, depth: String(depth), images: String(images) }).toString(),
  );
  await page.route("**/assets/lab.worker-*.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "Cross-Origin-Embedder-Policy": "require-corp" },
      body: `Object.defineProperty(self, "name", { value: ${name} });\n${script}`,
    }),
  );
}

async function bundleFakeWorker(): Promise<string> {
  const result = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [assemblyPlugin()],
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: {
        input: join(import.meta.dirname, "..", "src", "app", "testing", "fake.worker.ts"),
        output: { format: "es", codeSplitting: false },
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  for (const one of outputs) {
    const chunk = "output" in one ? one.output.find((part) => part.type === "chunk") : undefined;
    if (chunk?.type === "chunk") return chunk.code;
  }
  throw new Error("the stand-in worker was not bundled");
}
