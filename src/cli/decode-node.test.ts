import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../tensor/input-error.ts";
import { cropForDisplay, preprocess } from "../images/preprocess.ts";
import type { Pixels } from "../images/pixels.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { decodeInNode } from "./decode-node.ts";

const goldens = new URL("../images/goldens/", import.meta.url);
const shared = new URL("../../../shared/", import.meta.url);
const sharedIsThere = existsSync(shared);
if (!sharedIsThere) console.warn("decode-node.test.ts: ../shared is absent, photographs and oracle were not compared");

const read = (url: URL): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(url));
const json = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, goldens), "utf8")) as T;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const imagenet: Preprocessing = {
  inputSize: [224, 224],
  resize: "shortest",
  size: 256,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

async function faultOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    await decodeInNode(bytes, "given.file");
  } catch (fault) {
    if (fault instanceof InputError) return fault.code;
    throw fault;
  }
  return "decoded";
}

describe("every kind of image file decodes to the stated pixels", () => {
  const files = json<Record<string, { width: number; height: number; rgbSha256: string }>>("decode.json");
  test.each(Object.keys(files).filter((name) => !name.endsWith(".bmp")))("%s", async (name) => {
    const pixels = await decodeInNode(read(new URL(`decode/${name}`, goldens)), name);
    const { width, height, rgbSha256 } = files[name];
    expect([pixels.width, pixels.height]).toEqual([width, height]);
    expect(sha256(pixels.rgb)).toBe(rgbSha256);
  });
});

describe("what cannot be decoded is named", () => {
  const file = (name: string): Uint8Array<ArrayBuffer> => read(new URL(`decode/${name}`, goldens));

  test.each(["rgb-420.jpg", "progressive-420.jpg", "rgb.png", "lossless.webp", "palette.gif"])("half of %s", async (name) => {
    const whole = file(name);
    expect(await faultOf(whole.slice(0, whole.length >> 1))).toBe("IMAGE_TRUNCATED");
  });

  test("a JPEG without its last byte", async () => {
    expect(await faultOf(file("rgb-444.jpg").slice(0, -1))).toBe("IMAGE_TRUNCATED");
  });

  test("bytes behind the end do no harm", async () => {
    const whole = file("rgb.png");
    const longer = new Uint8Array(whole.length + 9);
    longer.set(whole);
    expect(await decodeInNode(longer, "longer.png")).toEqual(await decodeInNode(whole, "rgb.png"));
  });

  test("damage inside", async () => {
    const damaged = file("rgb.png");
    damaged.fill(0x55, 100, 140);
    expect(await faultOf(damaged)).toBe("IMAGE_UNDECODABLE");
    const headerOnly = file("rgb-444.jpg");
    headerOnly.fill(0xff, 30, headerOnly.length - 2);
    expect(await faultOf(headerOnly)).toBe("IMAGE_UNDECODABLE");
  });

  test("BMP outside of the browser", async () => {
    expect(await faultOf(file("rgb.bmp"))).toBe("IMAGE_FORMAT_UNSUPPORTED");
  });
});

const photos = json<{ photos: Record<string, { decoded: string; cropped: string }> }>("photo-hashes.json").photos;

test.runIf(sharedIsThere)("84 ImageNet photographs decode and resize as in Pillow", { timeout: 60_000 }, async () => {
  const folder = new URL("data/photos/", shared);
  const names = readdirSync(folder);
  expect(names.length).toBe(84);
  for (const name of names) {
    const pixels = await decodeInNode(read(new URL(name, folder)), name);
    expect(sha256(pixels.rgb), `${name} decoded`).toBe(photos[name].decoded);
    expect(sha256(cropForDisplay(pixels, imagenet).rgb), `${name} cropped`).toBe(photos[name].cropped);
  }
});

describe.runIf(sharedIsThere)("the oracle's images", () => {
  const official: Preprocessing = { ...imagenet, interpolation: "bilinear", mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  const folder = new URL("data/tiny-imagenet/official/", shared);

  async function evaluationImages(count: number): Promise<Pixels[]> {
    const rows = readFileSync(new URL("oracle/vit-tiny-tinyimagenet/images.csv", shared), "utf8").trim().split("\n");
    const evaluation = rows.map((row) => row.split(",")).filter(([role]) => role.startsWith("eval"));
    const names = evaluation.slice(0, count).map(([, name]) => name);
    return Promise.all(names.map((name) => decodeInNode(read(new URL(name, folder)), name)));
  }

  test("the first four after resize and crop are equal to the bit", async () => {
    const { shape, data } = firstTensor(read(new URL("oracle/vit-tiny-tinyimagenet/preprocessed_u8_first4.safetensors", shared)));
    expect(shape).toEqual([4, 3, 224, 224]);
    const plane = 224 * 224;
    const images = await evaluationImages(4);
    images.forEach((pixels, n) => {
      const { rgb } = cropForDisplay(pixels, official);
      const planes = Uint8Array.from({ length: 3 * plane }, (_, i) => rgb[(i % plane) * 3 + Math.trunc(i / plane)]);
      expect(sha256(planes), `image ${n}`).toBe(sha256(data.subarray(n * 3 * plane, (n + 1) * 3 * plane)));
      // mean and std of 0.5 and levels of 1/255: the f32 steps are (u/255 - 0.5) / 0.5
      const tensor = preprocess(pixels, official);
      const expected = Float32Array.from(planes, (u) => Math.fround(Math.fround(u / 255) - 0.5) * 2);
      expect(sha256(new Uint8Array(tensor.buffer)), `tensor ${n}`).toBe(sha256(new Uint8Array(expected.buffer)));
    });
  });
});

/** The one tensor of a small safetensors file. */
function firstTensor(file: Uint8Array): { shape: number[]; data: Uint8Array } {
  const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const entry = Object.entries(header).filter(([name]) => name !== "__metadata__")[0][1];
  return { shape: entry.shape, data: file.subarray(8 + headerBytes + entry.data_offsets[0], 8 + headerBytes + entry.data_offsets[1]) };
}
