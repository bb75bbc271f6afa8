/**
 * What each recipe's calibration costs, in float forwards of its calibration set: CPU seconds on the executor `cpu`, DeiT-Tiny's widths with random weights.
 *   node tools/method-costs.mjs [--depth 12] [--images 32] [--bits 4] [--recipes a,b] [--out docs/bench/method-costs.md]
 * CPU seconds, because a busy machine does not inflate them as it does wall time; a float forward is measured after each recipe, their median is the unit.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { assemblyPlugin } from "./assembly.mjs";

const { values: given } = parseArgs({
  options: {
    depth: { type: "string", default: "12" },
    images: { type: "string", default: "32" },
    bits: { type: "string", default: "4" },
    recipes: { type: "string", default: "" },
    out: { type: "string", default: "" },
  },
});
const [depth, images, bits] = [given.depth, given.images, given.bits].map(Number);
const root = fileURLToPath(new URL("..", import.meta.url));
const lab = await bundled(`
  export { recipes } from "/src/quant/recipes/index.ts";
  export { calibrate } from "/src/quant/calibrate.ts";
  export { createWasmNodeRunner } from "/src/runner/node-runner.ts";
  export { createWasmSession } from "/src/runner/session.ts";
  export { randomVit, randomPixels } from "/src/models/random-vit.ts";
`);
const graph = lab.randomVit({ image: 224, patch: 16, depth, classes: 1000, seed: 1, dim: 192, heads: 3, mlp: 768 });
const pixels = lab.randomPixels(images, 224, 2);
const runNode = lab.createWasmNodeRunner();
const names = given.recipes === "" ? Object.keys(lab.recipes) : given.recipes.split(",");

/** @type {{label: string, seconds: number}[]} */
const rows = [];
const forwards = [];
await forward();
for (const name of names) {
  const recipe = lab.recipes[name];
  const seconds = await cpuSeconds(() =>
    lab.calibrate({ graph, images: pixels, recipe, weightBits: bits, activationBits: bits, levels: "strict", runNode }),
  );
  rows.push({ label: `[${recipe.label}](../methods/${name}.md)`, seconds });
  process.stderr.write(`${name}: ${seconds.toFixed(1)} CPU-s\n`);
  forwards.push(await cpuSeconds(forward));
}
forwards.sort((a, b) => a - b);
const perForward = forwards[forwards.length >> 1];
const table = [
  `DeiT-Tiny's widths, ${depth} blocks, 224 px, random weights, ${images} images, W${bits}A${bits}, executor cpu, Node ${process.version}. A float forward of these images takes`,
  `${perForward.toFixed(2)} CPU-s (median of ${forwards.length} in the same run, ${forwards[0].toFixed(2)} to ${forwards[forwards.length - 1].toFixed(2)}).`,
  "",
  "| recipe | CPU-s | float forwards of the calibration set |",
  "| --- | --- | --- |",
  ...rows
    .toSorted((a, b) => a.seconds - b.seconds)
    .map(({ label, seconds }) => `| ${label} | ${seconds.toFixed(1)} | ${(seconds / perForward).toFixed(1)} |`),
  "",
].join("\n");
if (given.out !== "") writeFileSync(given.out, table);
process.stdout.write(table);

async function forward() {
  const session = lab.createWasmSession(graph, "float");
  await session.run(pixels, [], {});
  session.destroy();
}

/** @param {() => Promise<unknown>} work */
async function cpuSeconds(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/**
 * Modules of the lab as one, built by Vite, which strips the types.
 * @param {string} source
 */
async function bundled(source) {
  const id = "virtual:lab";
  const result = await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [
      assemblyPlugin(),
      {
        name: "lab",
        resolveId: (/** @type {string} */ name) => (name === id ? `\0${id}` : null),
        load: (/** @type {string} */ name) => (name === `\0${id}` ? source : null),
      },
    ],
    build: { ssr: true, write: false, copyPublicDir: false, target: "node20", rollupOptions: { input: id } },
  });
  if (!("output" in result)) throw new Error("tools/method-costs.mjs: Vite gave no bundle");
  const chunk = result.output.find((part) => part.type === "chunk" && part.isEntry);
  return import(`data:text/javascript;base64,${Buffer.from(chunk?.type === "chunk" ? chunk.code : "").toString("base64")}`);
}
