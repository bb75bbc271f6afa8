/** `npm run lab -- ... --browser`: a command gives in Chromium what it gives in Node, and fails there as it fails here. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { writeSafetensors } from "../src/formats/safetensors-write.ts";
import { seededNormal } from "../src/tensor/random.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { modelSources, syntheticVit } from "../src/testing/synthetic-model.ts";

const IMAGES = 3;
const CLASSES = 5;
let folder = "";

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-lab-"));
  for (const source of modelSources(syntheticVit({ numClasses: CLASSES }))) {
    writeFileSync(join(folder, source.name), await source.slice(0, source.byteLength));
  }
  const pixels = Float32Array.from({ length: IMAGES * 3 * 16 * 16 }, seededNormal(4));
  writeFileSync(join(folder, "inputs.safetensors"), writeSafetensors({ inputs: tensor([IMAGES, 3, 16, 16], pixels) }));
});

test.afterAll(() => rmSync(folder, { recursive: true }));

test("quantize, then run the package: the same codes and logits as in Node", async () => {
  const quantize = (out: string, ...more: string[]) =>
    lab(["quantize", "--model", "model.safetensors", "--calibration", "inputs.safetensors", "--recipe", "min-max", "--out", out, ...more]);
  const [inNode, inBrowser] = [await quantize("node.safetensors"), await quantize("browser.safetensors", "--browser")];
  expect(inBrowser, inBrowser.stderr).toMatchObject({ code: 0, json: { request: { recipe: "min-max", weightBits: 4 } } });
  expect(inBrowser.stderr, "progress").toMatch(/^\S.* \d+\/\d+$/m);
  expect(valuesOf("browser.safetensors").equals(valuesOf("node.safetensors")), "the packages hold the same codes and scales").toBe(true);
  const run = (out: string, ...more: string[]) =>
    lab(["run", "--model", "browser.safetensors", "--inputs", "inputs.safetensors", "--out", out, ...more]);
  const [atNode, atBrowser] = [await run("node-logits.safetensors"), await run("browser-logits.safetensors", "--browser")];
  expect(atBrowser).toMatchObject({ code: 0, json: { executor: "integer", imageCount: IMAGES, classes: CLASSES } });
  expect(atBrowser.json.top1).toEqual(atNode.json.top1);
  expect(JSON.stringify(atBrowser.json.env)).toContain("Chrome/");
  const [a, b] = [logitsOf("node-logits.safetensors"), logitsOf("browser-logits.safetensors")];
  expect(a).toHaveLength(IMAGES * CLASSES);
  // Equal to the bit on one driver; Node and Chromium may have compiled Dawn differently elsewhere.
  a.forEach((value, i) => expect(Math.abs(value - b[i]), `logit ${i}`).toBeLessThan(1e-4));
  expect(inNode.code).toBe(0);
});

test("image files decode to the same pixels in Node and in the browser: equal logits, file by file", async () => {
  const fixtures = join(import.meta.dirname, "..", "src", "images", "goldens", "decode");
  const files = readdirSync(fixtures).filter((name) => /\.(jpe?g|png|webp|gif)$/.test(name));
  mkdirSync(join(folder, "pictures"));
  for (const name of files) copyFileSync(join(fixtures, name), join(folder, "pictures", name));
  const run = (out: string, ...more: string[]) =>
    lab(["run", "--model", "model.safetensors", "--images", join(folder, "pictures"), "--out", out, ...more]);
  const [inNode, inBrowser] = [await run("node-pictures.safetensors"), await run("browser-pictures.safetensors", "--browser")];
  expect(inNode, inNode.stderr).toMatchObject({ code: 0, json: { imageCount: files.length - 1 } });
  // The one of a single pixel is left out; both say so, and the same of all others.
  const left = [{ name: "one-pixel.jpg", code: "IMAGE_TINY" }];
  expect(inBrowser, inBrowser.stderr).toMatchObject({ code: 0, json: { imageCount: files.length - 1, images: { skipped: left } } });
  expect(inBrowser.json.images).toEqual(inNode.json.images);
  expect(await run("all-pictures.safetensors", "--unusual", "use")).toMatchObject({ code: 0, json: { imageCount: files.length } });
  const used = files.filter((name) => name !== "one-pixel.jpg");
  const [a, b] = [logitsOf("node-pictures.safetensors"), logitsOf("browser-pictures.safetensors")];
  used.forEach((name, i) => {
    for (let c = i * CLASSES; c < (i + 1) * CLASSES; c++) expect(Math.abs(a[c] - b[c]), name).toBeLessThan(1e-4);
  });
});

test("an error of the command keeps its code, sentences and exit code", async () => {
  for (const args of [
    ["inspect", "--model", "missing.safetensors"],
    ["run", "--model", "model.safetensors", "--inputs", "model.safetensors"],
  ]) {
    const [inNode, inBrowser] = [await lab(args), await lab([...args, "--browser"])];
    expect(inBrowser.code).toBe(1);
    expect(inBrowser.json).toEqual(inNode.json);
    expect(Object.keys(inBrowser.json.error ?? {})).toEqual(["code", "what", "why", "next"]);
  }
});

interface LabEnd {
  readonly code: number | null;
  readonly json: { readonly top1?: unknown; readonly images?: unknown; readonly env?: unknown; readonly error?: object };
  readonly stderr: string;
}

function lab(args: readonly string[]): Promise<LabEnd> {
  const tool = join(import.meta.dirname, "..", "tools", "lab.mjs");
  const named = args.map((arg) => (arg.endsWith(".safetensors") ? join(folder, arg) : arg));
  const child = spawn(process.execPath, [tool, ...named], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, json: JSON.parse(stdout) as LabEnd["json"], stderr }));
  });
}

/** The values of a safetensors file: what follows eight bytes of header length and the header. */
function valuesOf(name: string): Buffer {
  const bytes = readFileSync(join(folder, name));
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
}

function logitsOf(name: string): Float32Array {
  return new Float32Array(new Uint8Array(valuesOf(name)).buffer);
}
