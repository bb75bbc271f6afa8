/**
 * The ranking on the bundled sample model in one command: renders its images (those of the page: src/sample/seeds.ts) into out/method-sample and sweeps.
 *   node tools/method-sample.mjs [options of `lab sweep`, such as --recipes vitrine]
 * Rows go to docs/bench/sample.json; what is there is not run again. `node tools/method-tables.mjs` then writes the pages.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { build } from "vite";
import { runChild } from "./child.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = "out/method-sample";
const COUNTS = { calibration: 32, evaluation: 256 };

process.chdir(ROOT);
if (!existsSync(`${FOLDER}/evaluation.csv`)) await renderAll();
const fixed = ["--model", "public/sample", "--calibration-images", `${FOLDER}/calibration`, "--images", `${FOLDER}/evaluation`];
const given = process.argv.slice(2);
const chosen = Object.entries({
  "--labels": `${FOLDER}/evaluation.csv`,
  "--executor": "cpu",
  "--out": "docs/bench/sample",
  "--name": "the bundled sample model (64 px, 144 x 8)",
});
const options = [...fixed, ...chosen.filter(([name]) => !given.includes(name)).flat(), ...given];
process.exitCode = await runChild(process.execPath, ["tools/lab.mjs", "sweep", ...options], { stdout: "stderr" });

async function renderAll() {
  const { renderSample, CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED } = await renderer();
  const first = { calibration: CALIBRATION_FIRST_SEED, evaluation: EVALUATION_FIRST_SEED };
  for (const role of /** @type {const} */ (["calibration", "evaluation"])) {
    mkdirSync(`${FOLDER}/${role}`, { recursive: true });
    const rows = ["filename,label"];
    for (let n = 0; n < COUNTS[role]; n++) {
      const { pixels, label } = renderSample(first[role] + n);
      const raw = { width: pixels.width, height: pixels.height, channels: /** @type {const} */ (3) };
      await sharp(pixels.rgb, { raw })
        .png()
        .toFile(`${FOLDER}/${role}/${first[role] + n}.png`);
      rows.push(`${first[role] + n}.png,${label}`);
    }
    writeFileSync(`${FOLDER}/${role}.csv`, `${rows.join("\n")}\n`);
  }
}

/** The page's own renderer and its seeds, bundled by Vite, which strips the types. */
async function renderer() {
  const modules = await Promise.all(
    ["render", "seeds"].map(async (name) => {
      const result = await build({
        root: ROOT,
        configFile: false,
        logLevel: "error",
        build: { ssr: `src/sample/${name}.ts`, write: false, copyPublicDir: false },
      });
      if (!("output" in result)) throw new Error("tools/method-sample.mjs: Vite gave no bundle");
      const chunk = result.output.find((part) => part.type === "chunk");
      return import(`data:text/javascript;base64,${Buffer.from(chunk?.type === "chunk" ? chunk.code : "").toString("base64")}`);
    }),
  );
  return Object.assign({}, ...modules);
}
