import { expect, test } from "vitest";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { writeNpy } from "../formats/npy.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { identifyModel } from "../models/index.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { tensor } from "../tensor/tensor.ts";
import { createTunings, memoryStore } from "../runner/tune/tune-store.ts";
import { expectCode } from "../testing/expect-code.ts";
import { textSource } from "../testing/raw-files.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { tarOf } from "../testing/tar.ts";
import type { Host } from "./host.ts";
import { openInputs } from "./image-inputs.ts";

const { card } = identifyModel(await openModelFiles(modelSources(syntheticVit({ imageSize: [8, 8], patchSize: 4, numClasses: 3 }))));
const image = (name: string) => fromBytes(new Uint8Array(1), name);
const rows = (text: string) => textSource(`filename,label\n${text}`, "labels.csv");

function open(files: Readonly<Record<string, readonly ByteSource[]>>, options: { tensorPath?: string; folder?: string; labels?: string }) {
  const host: Host = {
    runtime: "test",
    job: {},
    open: (path) => Promise.resolve(files[path]),
    write: () => Promise.resolve(),
    gpu: () => Promise.reject(new Error("no GPU")),
    tunings: createTunings(memoryStore()),
    decode: () => Promise.reject(new Error("nothing is decoded")),
  };
  return openInputs(host, card, 3, { ...options, option: "--images" });
}

test("images by their labels, in the order of the labels", async () => {
  const files = { folder: [image("a.png"), image("deep/b.jpg"), image("notes.txt")], labels: [rows("b.jpg,2\na.png,0")] };
  const found = await open(files, { folder: "folder", labels: "labels" });
  expect(found.names).toEqual(["deep/b.jpg", "a.png"]);
  expect([...(found.labels ?? [])]).toEqual([2, 0]);
});

test("images out of an archive, without what systems leave behind", async () => {
  const archive = fromBytes(
    tarOf({ "a/1.png": "x", "a/._1.png": "x", "__MACOSX/a/1.png": "x", "b/2.jpg": "x", "b/notes.txt": "x" }),
    "photos.tar",
  );
  const found = await open({ "photos.tar": [archive] }, { folder: "photos.tar" });
  expect(found.names).toEqual(["photos/a/1.png", "photos/b/2.jpg"]);
});

test("of 50,000 images none is read before it is needed", async () => {
  const unread = (i: number): ByteSource => ({ name: `${i}.png`, byteLength: 1, slice: () => Promise.reject(new Error("read")) });
  const found = await open({ folder: Array.from({ length: 50_000 }, (_, i) => unread(i)) }, { folder: "folder" });
  expect(found.images.count).toBe(50_000);
  await expect(found.images.batch(0, 1)).rejects.toThrow("read");
});

test("what cannot be used as inputs is refused", async () => {
  const folder = [image("a.png")];
  await expectCode("NO_IMAGES", () => open({ folder: [image("notes.txt")] }, { folder: "folder" }));
  await expectCode("IMAGE_MISSING", () => open({ folder, labels: [rows("other.png,1")] }, { folder: "folder", labels: "labels" }));
  await expectCode("NOT_A_FILE", () => open({ folder, labels: [rows("a.png,1"), image("b.png")] }, { folder: "folder", labels: "labels" }));
  const integers = fromBytes(writeSafetensors({ inputs: { dtype: "i32", shape: [1], data: Int32Array.of(1) } }), "x.safetensors");
  await expectCode("INPUTS_DTYPE", () => open({ inputs: [integers] }, { tensorPath: "inputs" }));
  const floats = fromBytes(writeNpy(tensor([1, 3, 8, 8], new Float32Array(192))), "x.npy");
  await expectCode("LABELS_COUNT", () =>
    open({ inputs: [floats], labels: [rows("a.png,1\nb.png,2")] }, { tensorPath: "inputs", labels: "labels" }),
  );
});
