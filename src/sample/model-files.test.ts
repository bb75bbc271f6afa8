import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SAMPLE_ACCURACY_PERCENT, sampleNote } from "./note.ts";
import { SAMPLE_CLASSES, SAMPLE_SIZE } from "./render.ts";

const folder = new URL("../../public/sample/", import.meta.url);

interface Config {
  num_classes: number;
  model_args: { img_size: number; patch_size: number; embed_dim: number; depth: number; num_heads: number; mlp_ratio: number };
  pretrained_cfg: { input_size: number[]; label_names: string[] };
  id2label: Record<string, string>;
}

const config = JSON.parse(readFileSync(new URL("config.json", folder), "utf8")) as Config;

describe("the bundled sample model", () => {
  it("names the renderer's classes in the renderer's order", () => {
    expect(config.pretrained_cfg.label_names).toEqual(SAMPLE_CLASSES);
    expect(Object.values(config.id2label)).toEqual(SAMPLE_CLASSES);
    expect(config.num_classes).toBe(SAMPLE_CLASSES.length);
    expect(config.pretrained_cfg.input_size).toEqual([3, SAMPLE_SIZE, SAMPLE_SIZE]);
  });

  it("is one f16 safetensors file of at most 12 MB with timm's names and the shapes of its config", () => {
    const path = new URL("model.safetensors", folder);
    const bytes = readFileSync(path);
    expect(statSync(path).size).toBeLessThanOrEqual(12_000_000);
    const headerSize = Number(bytes.readBigUInt64LE(0));
    const { __metadata__, ...tensors } = JSON.parse(bytes.toString("utf8", 8, 8 + headerSize)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    expect(__metadata__).toEqual({ format: "pt" });
    const { embed_dim: width, depth, patch_size: patch, mlp_ratio: ratio, img_size: size } = config.model_args;
    expect(width).toBeGreaterThanOrEqual(128);
    expect(depth).toBeGreaterThanOrEqual(8);
    const linear = (name: string, out: number, from: number): [string, number[]][] => [
      [`${name}.weight`, [out, from]],
      [`${name}.bias`, [out]],
    ];
    const norm = (name: string): [string, number[]][] => [
      [`${name}.weight`, [width]],
      [`${name}.bias`, [width]],
    ];
    const expected = Object.fromEntries<number[]>([
      ["cls_token", [1, 1, width]],
      ["pos_embed", [1, (size / patch) ** 2 + 1, width]],
      ["patch_embed.proj.weight", [width, 3, patch, patch]],
      ["patch_embed.proj.bias", [width]],
      ...Array.from({ length: depth }, (_, i) => [
        ...norm(`blocks.${i}.norm1`),
        ...linear(`blocks.${i}.attn.qkv`, 3 * width, width),
        ...linear(`blocks.${i}.attn.proj`, width, width),
        ...norm(`blocks.${i}.norm2`),
        ...linear(`blocks.${i}.mlp.fc1`, ratio * width, width),
        ...linear(`blocks.${i}.mlp.fc2`, width, ratio * width),
      ]).flat(),
      ...norm("norm"),
      ...linear("head", SAMPLE_CLASSES.length, width),
    ]);
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual(expected);
    for (const { dtype } of Object.values(tensors)) expect(dtype).toBe("F16");
    const end = Math.max(...Object.values(tensors).map(({ data_offsets }) => data_offsets[1]));
    expect(8 + headerSize + end).toBe(bytes.length);
  });

  it("is described with one and the same accuracy everywhere", () => {
    expect(sampleNote).toContain(`${SAMPLE_ACCURACY_PERCENT} %`);
    expect(readFileSync(new URL("README.md", folder), "utf8")).toContain(`**${SAMPLE_ACCURACY_PERCENT} %**`);
  });
});
