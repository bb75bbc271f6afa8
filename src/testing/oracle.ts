/**
 * Reads ../shared/oracle, numbers that this project did not make (its README has the layout), for tests.
 * Where the folder is absent, tests say so and run everything else; where it is there but unreadable, they fail.
 */
import { readFileSync } from "node:fs";
import { makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Levels, Quantizer, Quantizers, Site } from "../graph/quantizer.ts";
import { tensor, type DType, type Tensor } from "../tensor/tensor.ts";

const ROOT = new URL("../../../shared/oracle/", import.meta.url);

export type AnyTensor = { [D in DType]: Tensor<D> }[DType];
/** Named tensors of one file; small integers are widened to i32, f64 narrowed to f32. */
export type Tensors = ReadonlyMap<string, AnyTensor>;

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf8")) as unknown;
}

export function readTensors(path: string): Tensors {
  const file = readFileSync(new URL(path, ROOT));
  const headerBytes = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, 8 + headerBytes)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const body = file.buffer.slice(file.byteOffset + 8 + headerBytes, file.byteOffset + file.length);
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== "__metadata__")
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [start, end],
          },
        ]) => [name, decode(dtype, shape, body.slice(start, end))],
      ),
  );
}

function decode(dtype: string, shape: number[], bytes: ArrayBufferLike): AnyTensor {
  const buffer = bytes as ArrayBuffer;
  switch (dtype) {
    case "F32":
      return { dtype: "f32", shape, data: new Float32Array(buffer) };
    case "F64":
      return { dtype: "f32", shape, data: Float32Array.from(new Float64Array(buffer)) };
    case "U8":
      return { dtype: "u8", shape, data: new Uint8Array(buffer) };
    case "I16":
      return { dtype: "i32", shape, data: Int32Array.from(new Int16Array(buffer)) };
    case "I32":
      return { dtype: "i32", shape, data: new Int32Array(buffer) };
    default:
      throw new Error(`internal: the oracle has no ${dtype}`);
  }
}

export function f32(tensors: Tensors, name: string): Tensor {
  const value = tensors.get(name);
  if (value?.dtype !== "f32") throw new Error(`internal: the oracle file has no f32 tensor ${name}`);
  return value;
}

/** The numbers of an integer tensor. */
export function integers(tensors: Tensors, name: string): ArrayLike<number> & Iterable<number> {
  const value = tensors.get(name);
  if (!value || value.dtype === "f32") throw new Error(`internal: the oracle file has no integer tensor ${name}`);
  return value.data;
}

interface Geometry {
  readonly img_size: number;
  readonly patch_size: number;
  readonly embed_dim: number;
  readonly depth: number;
  readonly num_heads: number;
  readonly eps: number;
  readonly in_chans: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** vit-s32 built from its timm names; `overrides` replaces parameters (the oracle's `p/...`). */
export function oracleGraph(weights: "plain" | "outlier", overrides: ReadonlyMap<string, Tensor> = new Map()): Graph {
  const config = readJson("vit-s32/config.json") as Geometry;
  const tensors = readTensors(`vit-s32/model.${weights}.timm.safetensors`);
  return vitGraph("vit-s32", config, (name) => overrides.get(name) ?? f32(tensors, name));
}

/** A plain ViT with a class token. Shapes per image: tokens [N,D], qkv [N,3D], scores [H,N,N]. */
export function vitGraph(name: string, config: Geometry, parameter: (name: string) => Tensor): Graph {
  const { patch_size: p, embed_dim: d, num_heads: numHeads, in_chans: c, img_size: size } = config;
  const nodes: Node[] = [];
  const push = (node: Omit<Node, "attributes" | "weights"> & Partial<Node>) => {
    nodes.push({ attributes: {}, weights: {}, ...node });
    return node.name;
  };
  const gemm = (at: string, input: string, shape?: readonly number[]) => {
    const weight = parameter(`${at}.weight`);
    return push({
      name: at,
      op: "Gemm",
      inputs: [input],
      weights: { weight: { ...weight, shape: shape ?? weight.shape }, bias: parameter(`${at}.bias`) },
    });
  };
  const norm = (at: string, input: string) =>
    push({
      name: at,
      op: "LayerNormalization",
      inputs: [input],
      attributes: { epsilon: config.eps },
      weights: { scale: parameter(`${at}.weight`), bias: parameter(`${at}.bias`) },
    });

  push({ name: "patch_embed.patches", op: "Patchify", inputs: ["pixels"], attributes: { patchSize: p } });
  gemm("patch_embed.proj", "patch_embed.patches", [d, c * p * p]);
  const positions = parameter("pos_embed").data;
  const prefix = parameter("cls_token").data.map((value, i) => value + positions[i]);
  let x = push({
    name: "tokens",
    op: "PrependTokens",
    inputs: ["patch_embed.proj"],
    weights: { prefix: tensor([1, d], prefix), positions: tensor([positions.length / d - 1, d], positions.slice(d)) },
  });
  for (let i = 0; i < config.depth; i++) {
    const b = `blocks.${i}`;
    const qkv = gemm(`${b}.attn.qkv`, norm(`${b}.norm1`, x));
    const attributes = { numHeads, scale: (d / numHeads) ** -0.5 };
    const scores = push({ name: `${b}.attn.matmul1`, op: "AttentionScores", inputs: [qkv], attributes });
    const probabilities = push({ name: `${b}.attn.softmax`, op: "Softmax", inputs: [scores] });
    const mixed = push({ name: `${b}.attn.matmul2`, op: "AttentionOutput", inputs: [probabilities, qkv] });
    x = push({ name: `${b}.add1`, op: "Add", inputs: [x, gemm(`${b}.attn.proj`, mixed)] });
    const hidden = gemm(`${b}.mlp.fc1`, norm(`${b}.norm2`, x));
    const active = push({ name: `${b}.mlp.act`, op: "Gelu", inputs: [hidden], attributes: { approximate: "none" } });
    x = push({ name: `${b}.add2`, op: "Add", inputs: [x, gemm(`${b}.mlp.fc2`, active)] });
  }
  gemm("head", push({ name: "pool", op: "Gather", inputs: [norm("norm", x)], attributes: { index: 0 } }));
  return makeGraph(name, [c, size, size], nodes);
}

export type OracleModel = "vit-s32" | "swin-s32";

/** The first `count` images as the network wants them: ((u8 / 255) - mean) / std in float32, in that order. [count,3,H,W]. */
export function oracleImages(role: "calib" | "eval", count: number, model: OracleModel = "vit-s32"): Tensor {
  const { mean, std } = readJson(`${model}/config.json`) as Pick<Geometry, "mean" | "std">;
  const bytes = readTensors(`${model}/data.safetensors`).get(`${role}_u8`);
  if (bytes?.dtype !== "u8") throw new Error(`internal: no ${role}_u8 in the oracle`);
  const [, c, h, w] = bytes.shape;
  const data = Float32Array.from({ length: count * c * h * w }, (_, i) => {
    const channel = Math.floor(i / (h * w)) % c;
    return Math.fround(Math.fround(bytes.data[i] / 255) - Math.fround(mean[channel])) / Math.fround(std[channel]);
  });
  return tensor([count, c, h, w], data);
}

/** Labels of the first `count` images. */
export function oracleLabels(role: "calib" | "eval", count: number, model: OracleModel = "vit-s32"): number[] {
  return [...integers(readTensors(`${model}/data.safetensors`), `${role}_y`)].slice(0, count);
}

const OFFICIAL_SITES: Record<Site, string> = {
  input: "input_quantizer",
  weight: "weight_quantizer",
  query: "quantizer_A",
  key: "quantizer_B",
  probabilities: "quantizer_A",
  value: "quantizer_B",
};

/** Our node and site -> the official program's name of the quantizer. */
export function officialName(node: string, site: Site): string {
  return `${node}.${OFFICIAL_SITES[site]}`;
}

/** The official parameters of one quantizer in one phase, or null where that phase has none. */
export function officialQuantizer(
  expected: Tensors,
  phase: "initial" | "final",
  node: string,
  site: Site,
  bits: number,
  levels: Levels,
): Quantizer | null {
  const key = `${phase}/${officialName(node, site)}`;
  if (!expected.has(`${key}.delta`)) return null;
  const scale = f32(expected, `${key}.delta`).data;
  const isLogarithmic = site === "probabilities";
  return {
    scheme: isLogarithmic ? "log-sqrt2" : "uniform",
    bits: node === "patch_embed.proj" && site === "input" ? 8 : bits,
    levels,
    scale,
    zeroPoint: isLogarithmic ? new Float32Array(0) : f32(expected, `${key}.zero_point`).data,
    axis: scale.length === 1 ? null : site === "weight" ? 0 : -1,
  };
}

/** "blocks.0.norm1" -> "blocks.0.attn.qkv", "blocks.0.norm2" -> "blocks.0.mlp.fc1". */
export function layerAfter(norm: string): string {
  return norm.replace(/norm1$/, "attn.qkv").replace(/norm2$/, "mlp.fc1");
}

const SITES_OF: Partial<Record<Node["op"], readonly Site[]>> = {
  Gemm: ["input", "weight"],
  AttentionScores: ["query", "key"],
  AttentionOutput: ["probabilities", "value"],
};

/** The official quantized model: the reparameterized weights in place, and every final (else initial) quantizer. */
export function officialGraph(weights: "plain" | "outlier", expected: Tensors, bits: number, levels: Levels): Graph {
  const overrides = new Map([...expected].filter(([name]) => name.startsWith("p/")).map(([name]) => [name.slice(2), f32(expected, name)]));
  const original = readTensors(`vit-s32/model.${weights}.timm.safetensors`);
  for (const name of expected.keys()) {
    // Files other than repq's leave out the weights, which are W diag(r) to the bit.
    const norm = /^reparam\/(.*)\.r$/.exec(name)?.[1];
    const parameter = norm && `${layerAfter(norm)}.weight`;
    if (!parameter || overrides.has(parameter)) continue;
    const weight = f32(original, parameter);
    const r = f32(expected, name).data;
    const scaled = weight.data.map((w, i) => w * r[i % r.length]);
    overrides.set(parameter, tensor(weight.shape, scaled));
  }
  const graph = oracleGraph(weights, overrides);
  const nodes = graph.nodes.map((node) => {
    const quantizers: Partial<Record<Site, Quantizer>> = {};
    for (const site of SITES_OF[node.op] ?? []) {
      const quantizer =
        officialQuantizer(expected, "final", node.name, site, bits, levels) ??
        officialQuantizer(expected, "initial", node.name, site, bits, levels);
      if (!quantizer) throw new Error(`internal: the oracle lacks a quantizer for ${node.name} ${site}`);
      quantizers[site] = quantizer;
    }
    return Object.keys(quantizers).length > 0 ? { ...node, quantizers: quantizers satisfies Quantizers } : node;
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}
