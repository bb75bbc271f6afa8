/** Single quantizers and quantized layers against the published programs (shared/oracle/units): parameters, codes and values. */
import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import type { Quantizer, Quantizers } from "../graph/quantizer.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { f32, integers, readJson, readTensors, type Tensors } from "../testing/oracle.ts";
import { observeTensor } from "./observers/observer.ts";
import { IAS_WEIGHT_PERCENTILES, percentileMse, REPQ_PERCENTILES } from "./observers/percentile-mse.ts";
import { schemes, type SchemeName } from "./schemes/index.ts";
import { simulateNode } from "./simulate.ts";

/** One unit in the last place of float32, relative. */
const ULP = 2 ** -23;

interface Case {
  readonly tensors: Tensors;
  readonly name: string;
  readonly kind: string;
  readonly input: string;
  readonly bits: number;
  readonly percentiles: readonly number[];
}

function casesOf(program: "repq" | "ias"): Case[] {
  const tensors = readTensors(`units/units-${program}.safetensors`);
  return (readJson(`units/units-${program}.index.json`) as string[]).map((name) => {
    const [kind, second] = name.split(".");
    const isWeightLike = kind === "uniform" || (kind === "uniform_pc" && second !== "act3d");
    return {
      tensors,
      name,
      kind,
      input: `in.${second}`,
      bits: Number(/\.b(\d)$/.exec(name)?.[1] ?? 4),
      percentiles: program === "ias" && isWeightLike ? IAS_WEIGHT_PERCENTILES : REPQ_PERCENTILES,
    };
  });
}

describe("unit cases of the published programs", () => {
  const repq = casesOf("repq");
  const all = [...repq, ...casesOf("ias")];
  const ofKind = (cases: Case[], ...kinds: string[]) => cases.filter(({ kind }) => kinds.includes(kind));

  it("covers every case of the files; shift-uniform-log2 alone has tests of its own", () => {
    const known = [
      "uniform",
      "uniform_act",
      "uniform_pc",
      "explicit",
      "logsqrt2",
      "logsqrt2_explicit",
      "qlinear",
      "qmatmul1",
      "qmatmul2",
      "qconv",
    ];
    expect(ofKind(repq, ...known)).toHaveLength(66);
    expect(all.filter(({ kind }) => !known.includes(kind)).every(({ kind }) => kind === "sulq")).toBe(true);
  });

  it.each(ofKind(all, "uniform", "uniform_act", "uniform_pc"))(
    "$name: search finds step and zero point, codes and values follow",
    (unit) => {
      const x = f32(unit.tensors, unit.input);
      const axis = unit.kind !== "uniform_pc" ? null : unit.input === "in.act3d" ? -1 : 0;
      const target = { scheme: schemes.uniform, bits: unit.bits, levels: "as-published" } as const;
      const { quantizer } = observeTensor(percentileMse(unit.percentiles), x, axis, target);
      const delta = f32(unit.tensors, `${unit.name}.delta`).data;
      expect(worstRelative(quantizer.scale, delta)).toBeLessThanOrEqual(ULP);
      expect(quantizer.zeroPoint).toEqual(f32(unit.tensors, `${unit.name}.zero_point`).data.map((z) => z + 0));

      const given = { ...quantizer, scale: delta };
      expect(schemes.uniform.fakeQuantize(x, given).data).toEqual(f32(unit.tensors, `${unit.name}.out`).data);
      const codes = codesOf("uniform", x, given);
      if (unit.tensors.has(`${unit.name}.code`)) expect(codes).toEqual([...integers(unit.tensors, `${unit.name}.code`)]);
    },
  );

  it.each(ofKind(repq, "logsqrt2"))("$name: search finds the scale, codes and values follow", (unit) => {
    const x = f32(unit.tensors, unit.input);
    const target = { scheme: schemes["log-sqrt2"], bits: unit.bits, levels: "as-published" } as const;
    const { quantizer } = observeTensor(percentileMse(REPQ_PERCENTILES), x, null, target);
    expect(worstRelative(quantizer.scale, f32(unit.tensors, `${unit.name}.delta`).data)).toBeLessThanOrEqual(ULP);
    const given = { ...quantizer, scale: f32(unit.tensors, `${unit.name}.delta`).data };
    expect(codesOf("log-sqrt2", x, given)).toEqual([...integers(unit.tensors, `${unit.name}.code`)]);
    expect(worst(schemes["log-sqrt2"].fakeQuantize(x, given), f32(unit.tensors, `${unit.name}.out`))).toBeLessThanOrEqual(ULP);
  });

  it.each(ofKind(all, "explicit"))("$name: ties, negative, large and fractional zero points", (unit) => {
    const quantizer = uniformOf(unit, "", 4);
    const out = schemes.uniform.fakeQuantize(f32(unit.tensors, "in.ties"), quantizer);
    expect(out.data).toEqual(f32(unit.tensors, `${unit.name}.out`).data);
    expect(new Set(out.data).size).toBe(integers(unit.tensors, `${unit.name}.n_distinct`)[0]);
  });

  it.each(ofKind(repq, "logsqrt2_explicit"))("$name: values at the edges of the codes", (unit) => {
    const scale = f32(unit.tensors, `${unit.name}.delta`).data;
    const out = schemes["log-sqrt2"].fakeQuantize(f32(unit.tensors, "in.logedge"), logOf(scale, unit.bits));
    expect(worst(out, f32(unit.tensors, `${unit.name}.out`))).toBeLessThanOrEqual(ULP);
  });

  it.each(ofKind(all, "qlinear", "qconv", "qmatmul1"))("$name: a quantized layer", (unit) => {
    const expected = f32(unit.tensors, `${unit.name}.out`);
    // Products of a few dozen float32 terms: the program's own summation order is worth some ulps.
    expect(worst(layerOutput(unit), expected)).toBeLessThan(2e-6);
  });

  it.each(ofKind(all, "qmatmul2"))("$name: quantized probabilities times values", (unit) => {
    expect(worst(layerOutput(unit), f32(unit.tensors, `${unit.name}.out`))).toBeLessThan(2e-6);
  });
});

function codesOf(scheme: SchemeName, x: Tensor, quantizer: Quantizer): number[] {
  const channels = quantizer.scale.length;
  const channelOf = (i: number) => (quantizer.axis === -1 ? i % channels : Math.floor((i * channels) / x.data.length));
  return Array.from(x.data, (value, i) => schemes[scheme].quantize(value, quantizer, channelOf(i)));
}

/** The parameters that a case states under a prefix ("in_", "w_", "a_", "b_"; none: delta, zero_point). */
function uniformOf({ tensors, name }: Case, prefix: string, bits: number, axis: 0 | null = null): Quantizer {
  const zeroPoint = f32(tensors, `${name}.${prefix === "" ? "zero_point" : `${prefix}zp`}`).data;
  return { scheme: "uniform", bits, levels: "as-published", scale: f32(tensors, `${name}.${prefix}delta`).data, zeroPoint, axis };
}

function logOf(scale: Float32Array<ArrayBuffer>, bits: number): Quantizer {
  return { scheme: "log-sqrt2", bits, levels: "as-published", scale, zeroPoint: new Float32Array(0), axis: null };
}

/** The quantizer of softmax outputs: log-sqrt2 in RepQ-ViT, shift-uniform-log2 in I&S-ViT, whose shift is in the place of the step. */
function probabilitiesOf({ tensors, name, bits }: Case): Quantizer {
  const scale = f32(tensors, `${name}.a_delta`).data;
  if (!tensors.has(`${name}.a_minv`)) return logOf(scale, bits);
  const parameters = { eta: scale[0], low: f32(tensors, `${name}.a_minv`).data[0], high: f32(tensors, `${name}.a_maxv`).data[0] };
  return { ...logOf(Float32Array.of(1), bits), scheme: "sulq", parameters };
}

/** The case's layer through our graph nodes; the oracle's separate A [B,H,N,d] and B [B,H,d,N] are put into one qkv first. */
function layerOutput(unit: Case): Tensor {
  const { tensors, kind, bits } = unit;
  const input = (name: string) => f32(tensors, `in.${name}`);
  if (kind === "qlinear" || kind === "qconv") {
    const at = kind === "qlinear" ? "lin" : "conv";
    const [n] = input(`${at}.weight`).shape;
    const weight = tensor([n, input(`${at}.weight`).data.length / n], input(`${at}.weight`).data);
    // RepQ-ViT quantizes the image of the patch embedding at 8 bits whatever was asked for, I&S-ViT leaves it float.
    const isFloatInput = !tensors.has(`${unit.name}.in_delta`);
    const quantizers = {
      weight: uniformOf(unit, "w_", bits, 0),
      ...(isFloatInput ? {} : { input: uniformOf(unit, "in_", kind === "qconv" ? 8 : bits) }),
    };
    const gemm = node("Gemm", quantizers, { weight, bias: input(`${at}.bias`) });
    if (kind === "qlinear") return simulateNode(gemm, [input("lin.x")]);
    const patches = simulateNode({ ...node("Patchify", {}), attributes: { patchSize: 4 } }, [input("conv.x")]);
    return channelsFirst(simulateNode(gemm, [patches]));
  }
  const [b, h, n, d] = input("mm.A").shape;
  if (kind === "qmatmul1") {
    const qkv = packQkv(
      [b, h, n, d],
      (i, j, row, column) => input("mm.A").data[((i * h + j) * n + row) * d + column],
      (i, j, row, column) => input("mm.B").data[((i * h + j) * d + column) * n + row],
    );
    const quantizers = { query: uniformOf(unit, "a_", bits), key: uniformOf(unit, "b_", bits) };
    return simulateNode({ ...node("AttentionScores", quantizers), attributes: { numHeads: h, scale: 1 } }, [qkv]);
  }
  const v = (i: number, j: number, row: number, column: number) => input("mm.V").data[((i * h + j) * n + row) * d + column];
  const quantizers = { probabilities: probabilitiesOf(unit), value: uniformOf(unit, "b_", bits) };
  const mixed = simulateNode(node("AttentionOutput", quantizers), [input("softmax"), packQkv([b, h, n, d], null, null, v)]);
  return headsFirst(mixed, h);
}

function node(op: Node["op"], quantizers: Quantizers, weights: Node["weights"] = {}): Node {
  return { name: op, op, inputs: [], attributes: {}, weights, quantizers };
}

type Element = (image: number, head: number, row: number, column: number) => number;

/** [B,N,3D] with q, k, v head-major in the columns. */
function packQkv([b, h, n, d]: readonly number[], ...parts: (Element | null)[]): Tensor {
  const width = 3 * h * d;
  const data = Float32Array.from({ length: b * n * width }, (_, i) => {
    const column = i % width;
    const row = Math.floor(i / width) % n;
    const part = parts[Math.floor(column / (h * d))];
    return part?.(Math.floor(i / width / n), Math.floor(column / d) % h, row, column % d) ?? 0;
  });
  return tensor([b, n, width], data);
}

/** [B,N,H*d] -> [B,H,N,d]. */
function headsFirst({ shape: [b, n, depth], data }: Tensor, h: number): Tensor {
  const d = depth / h;
  const at = (i: number) => {
    const [column, row, head, image] = [i % d, Math.floor(i / d) % n, Math.floor(i / d / n) % h, Math.floor(i / d / n / h)];
    return (image * n + row) * depth + head * d + column;
  };
  const out = data.map((_, i) => data[at(i)]);
  return tensor([b, h, n, d], out);
}

/** [B,P,D] -> [B,D,P]. */
function channelsFirst({ shape: [b, p, d], data }: Tensor): Tensor {
  const out = data.map((_, i) => data[(Math.floor(i / p / d) * p + (i % p)) * d + (Math.floor(i / p) % d)]);
  return tensor([b, d, p], out);
}

/** Largest |a - b| relative to the largest |b| of the tensor. */
function worst(actual: Tensor, expected: Tensor): number {
  expect(actual.data.length).toBe(expected.data.length);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.data.length; i++) {
    difference = Math.max(difference, Math.abs(actual.data[i] - expected.data[i]));
    size = Math.max(size, Math.abs(expected.data[i]));
  }
  return difference / size;
}

/** Largest |a / b - 1|. */
function worstRelative(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value / expected[i] - 1)), 0);
}
