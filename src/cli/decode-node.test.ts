import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../tensor/input-error.ts";
import { decodeInNode } from "./decode-node.ts";

const goldens = new URL("../images/goldens/", import.meta.url);

const read = (url: URL): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(url));
const json = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, goldens), "utf8")) as T;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
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
