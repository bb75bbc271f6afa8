import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { writeNpy } from "../formats/npy.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { identifyModel } from "../models/index.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { tensor } from "../tensor/tensor.ts";
import { createTunings, memoryStore } from "../runner/tune/tune-store.ts";
import { InputError } from "../tensor/input-error.ts";
import { expectCode } from "../testing/expect-code.ts";
import { textSource } from "../testing/raw-files.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { tarOf } from "../testing/tar.ts";
import type { Host } from "./host.ts";
import { labelsFrom, openInputs } from "./image-inputs.ts";

const { card } = identifyModel(await openModelFiles(modelSources(syntheticVit({ imageSize: [32, 32], patchSize: 8, numClasses: 3 }))));
const picture = new Uint8Array(readFileSync(new URL("../images/goldens/decode/rgb.png", import.meta.url)));
const image = (name: string) => fromBytes(picture, name);
/** A PNG whose header says another size. */
const sized = (name: string, width: number, height: number) => {
  const bytes = picture.slice();
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return fromBytes(bytes, name);
};
const rows = (text: string) => textSource(`filename,label\n${text}`, "labels.csv");

let decoded = 0;

function open(files: Readonly<Record<string, readonly ByteSource[]>>, options: Partial<Parameters<typeof openInputs>[3]>) {
  const host: Host = {
    runtime: "test",
    job: {},
    open: (path) => Promise.resolve(files[path]),
    write: () => Promise.resolve(),
    gpu: () => Promise.reject(new Error("no GPU")),
    tunings: createTunings(memoryStore()),
    decode: (_bytes, name) => {
      decoded++;
      if (name.includes("damaged"))
        throw new InputError("IMAGE_UNDECODABLE", { what: `${name} cannot be decoded.`, why: "Bad code.", next: "Leave it." });
      return Promise.resolve({ width: 8, height: 1, rgb: Uint8Array.from({ length: 24 }, (_, i) => 10 * i) });
    },
  };
  return openInputs(host, card, 3, { ...options, option: "--images" });
}

test("images by their labels, in the order of the labels", async () => {
  const files = { folder: [image("a.png"), image("deep/b.jpg"), image("notes.txt")], labels: [rows("b.jpg,2\na.png,0")] };
  const found = await open(files, { folder: "folder", labels: "labels" });
  expect(found.names).toEqual(["deep/b.jpg", "a.png"]);
  expect([...(found.labels ?? [])]).toEqual([2, 0]);
  // The check of the files has decoded them, and nobody does it again; for another model it is done anew.
  decoded = 0;
  await found.images.batch(0, 2);
  expect(decoded).toBe(0);
  await found.under(card).batch(0, 2);
  expect(decoded).toBe(2);
});

test("images out of an archive, without what systems leave behind", async () => {
  const archive = fromBytes(
    tarOf({ "a/1.png": picture, "a/._1.png": "x", "__MACOSX/a/1.png": "x", "b/2.jpg": picture, "b/notes.txt": "x" }),
    "photos.tar",
  );
  const found = await open({ "photos.tar": [archive] }, { folder: "photos.tar" });
  expect(found.names).toEqual(["photos/a/1.png", "photos/b/2.jpg"]);
  expect(found.report?.ignored).toEqual(["photos/a/._1.png", "photos/__MACOSX/a/1.png", "photos/b/notes.txt"]);
});

test("what cannot be used is left out with its label, and counted by code", async () => {
  const folder = [
    image("a.png"),
    sized("dot.png", 1, 1),
    sized("line.png", 4000, 2),
    sized("poster.png", 9000, 6000),
    image("damaged.png"),
    fromBytes(new TextEncoder().encode("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "IMG_1.heic"),
    image("z.png"),
  ];
  const labels = [rows(folder.map(({ name }, i) => `${name},${i === 6 ? 2 : 1}`).join("\n"))];
  decoded = 0;
  const found = await open({ folder, labels }, { folder: "folder", labels: "labels" });
  expect(found.names).toEqual(["a.png", "z.png"]);
  expect([...(found.labels ?? [])]).toEqual([1, 2]);
  expect(found.images.count).toBe(2);
  expect(found.report).toMatchObject({ given: 7, used: 2 });
  expect(found.report?.skipped.map(({ name, code }) => `${name}: ${code}`)).toEqual([
    "dot.png: IMAGE_TINY",
    "line.png: IMAGE_ELONGATED",
    "poster.png: IMAGE_HUGE",
    "damaged.png: IMAGE_UNDECODABLE",
    "IMG_1.heic: IMAGE_HEIC",
  ]);
  expect(decoded).toBe(3); // nothing of an unusual size
  expect((await open({ folder }, { folder: "folder", unusual: "use" })).names).toEqual([
    "a.png",
    "dot.png",
    "line.png",
    "poster.png",
    "z.png",
  ]);
  await expectCode("NO_IMAGES", () => open({ folder: folder.slice(1, 3) }, { folder: "folder" }));
});

test("images that calibrate should not all lie in the first folder", async () => {
  const folder = Array.from({ length: 40 }, (_, i) => image(`${String.fromCharCode(97 + Math.floor(i / 8))}/${i}.png`));
  const calibrating = { folder: "folder", isCalibration: true } as const;
  const codesOf = async (most: number) => (await open({ folder }, { ...calibrating, most })).report?.notes.map(({ code }) => code);
  expect(await codesOf(8)).toEqual(["CALIBRATION_NARROW"]);
  expect(await codesOf(40)).toEqual([]);
});

test("of 50,000 images no more are read than are wanted", async () => {
  let read = 0;
  const counted = (i: number): ByteSource => {
    const { slice, ...rest } = image(`${i}.png`);
    return { ...rest, slice: (start, end) => (read++, slice(start, end)) };
  };
  const found = await open({ folder: Array.from({ length: 50_000 }, (_, i) => counted(i)) }, { folder: "folder", most: 32 });
  expect([found.images.count, read]).toEqual([32, 32]);
});

test("what cannot be used as inputs is refused", async () => {
  const folder = [image("a.png")];
  await expectCode("NO_IMAGES", () => open({ folder: [image("notes.txt")] }, { folder: "folder" }));
  await expectCode("IMAGE_MISSING", () => open({ folder, labels: [rows("other.png,1")] }, { folder: "folder", labels: "labels" }));
  await expectCode("NOT_A_FILE", () => open({ folder, labels: [rows("a.png,1"), image("b.png")] }, { folder: "folder", labels: "labels" }));
  const integers = fromBytes(writeSafetensors({ inputs: { dtype: "i32", shape: [1], data: Int32Array.of(1) } }), "x.safetensors");
  await expectCode("INPUTS_DTYPE", () => open({ inputs: [integers] }, { tensorPath: "inputs" }));
  const floats = fromBytes(writeNpy(tensor([1, 3, 32, 32], new Float32Array(3072))), "x.npy");
  await expectCode("LABELS_COUNT", () =>
    open({ inputs: [floats], labels: [rows("a.png,1\nb.png,2")] }, { tensorPath: "inputs", labels: "labels" }),
  );
});

test("labels from the columns that are asked for, and of identifiers without extension", async () => {
  const files = { folder: [image("a.png"), image("b.png")], labels: [textSource("id,fine,coarse\nb,9,2\na,8,1", "labels.csv")] };
  const found = await open(files, { folder: "folder", labels: "labels", labelColumns: { file: "id", label: "3" } });
  expect([found.names, [...(found.labels ?? [])]]).toEqual([
    ["b.png", "a.png"],
    [2, 1],
  ]);
  expect(found.report?.labelColumns).toEqual({ file: "id", label: "coarse" });
  await expectCode("LABEL_COLUMNS", () => open(files, { folder: "folder", labels: "labels" }));
});

test("--label-columns takes two names", async () => {
  expect(labelsFrom({ labels: "l.csv", "label-columns": "image, 2" })).toEqual({
    labels: "l.csv",
    labelColumns: { file: "image", label: "2" },
  });
  expect(labelsFrom({ labels: "l.csv" })).toEqual({ labels: "l.csv" });
  for (const asked of ["image", "a,b,c", ",x"]) await expectCode("USAGE", () => labelsFrom({ "label-columns": asked }));
});
