import { describe, expect, it } from "vitest";
import { parseManifest, resolveManifest, type Manifest } from "./manifest.ts";

const sha = (letter: string): string => letter.repeat(64);
const entry = (name: string, letter: string, use: ("calibration" | "evaluation")[]) => ({
  name,
  sha256: sha(letter),
  sizeBytes: 10,
  use,
  label: null,
});
const manifest: Manifest = {
  schema: "vitrine-manifest/1",
  order: "shuffled",
  seed: 7,
  givenCount: 3,
  images: [entry("set/a.png", "a", ["calibration"]), entry("set/b.png", "b", ["evaluation", "calibration"])],
};

describe("parseManifest", () => {
  it("reads what was written", () => expect(parseManifest(JSON.stringify(manifest), "m.json")).toEqual(manifest));
  it("says where another file differs", () => {
    const broken = { ...manifest, images: [{ ...manifest.images[0], sha256: "xyz" }] };
    for (const text of ["<html>", JSON.stringify({ schema: "other" }), JSON.stringify(broken)]) {
      expect(() => parseManifest(text, "m.json")).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
    }
    expect(() => parseManifest(JSON.stringify(broken), "m.json")).toThrow(
      expect.objectContaining({ why: expect.stringContaining("images.0.sha256") as string }),
    );
  });
});

describe("resolveManifest", () => {
  const digests: Record<string, string> = { "moved/renamed.png": sha("a"), "set/b.png": sha("b"), "set/c.png": sha("c") };
  const files = Object.keys(digests).map((name) => ({ name, sizeBytes: name === "set/c.png" ? 99 : 10 }));

  it("finds files by digest, also under another name, and reads only files of the same size", async () => {
    const asked: number[] = [];
    const found = await resolveManifest(manifest, files, (i) => {
      asked.push(i);
      return Promise.resolve(digests[files[i].name]);
    });
    expect(found).toEqual({ calibration: [0, 1], evaluation: [1] });
    expect(asked).toEqual([0, 1]); // each once
  });

  it("refuses when a file is another one", async () => {
    const changed = () => Promise.resolve(sha("d"));
    await expect(resolveManifest(manifest, files, changed)).rejects.toMatchObject({
      code: "MANIFEST_MISMATCH",
      what: expect.stringContaining("2 of 2") as string,
    });
  });
});
