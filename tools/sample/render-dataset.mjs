/**
 * Renders labelled images for training: pixels as u8 [N, 64, 64, 3] and labels as u8 [N], plain bytes without a header.
 *   node tools/sample/render-dataset.mjs OUT-PREFIX FIRST-SEED COUNT
 * writes OUT-PREFIX.pixels.u8 and OUT-PREFIX.labels.u8. The page's own renderer is bundled by Vite, which strips the types.
 */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const [prefix, first, count] = process.argv.slice(2);
if (prefix === undefined || !(Number(first) >= 0) || !(Number(count) > 0)) {
  console.error("usage: node tools/sample/render-dataset.mjs OUT-PREFIX FIRST-SEED COUNT");
  process.exit(1);
}

const { output } = await build({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  configFile: false,
  logLevel: "error",
  build: { ssr: "src/sample/render.ts", write: false, copyPublicDir: false },
});
const bundle = output.find((chunk) => chunk.type === "chunk" && chunk.isEntry);
const { renderSample, SAMPLE_CLASSES } = await import(`data:text/javascript;base64,${Buffer.from(bundle.code).toString("base64")}`);

const labels = new Uint8Array(Number(count));
const file = openSync(`${prefix}.pixels.u8`, "w");
const started = performance.now();
for (let n = 0; n < labels.length; n++) {
  const { pixels, label } = renderSample(Number(first) + n);
  writeSync(file, pixels.rgb);
  labels[n] = label;
  if (n % 5000 === 4999) console.error(`${n + 1} images, ${((performance.now() - started) / (n + 1)).toFixed(2)} ms each`);
}
closeSync(file);
writeFileSync(`${prefix}.labels.u8`, labels);
console.log(JSON.stringify({ count: labels.length, elapsedMs: performance.now() - started, classes: SAMPLE_CLASSES }));
