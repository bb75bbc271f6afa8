/** Float ops and the whole float model against PyTorch's (shared/oracle). */
import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { f32, oracleGraph, oracleImages, readTensors } from "../testing/oracle.ts";
import { runNode } from "./index.ts";
import { runGraph } from "./run-graph.ts";

function node(op: Node["op"], attributes: Node["attributes"] = {}, weights: Node["weights"] = {}): Node {
  return { name: op, op, inputs: [], attributes, weights };
}

/** Largest |a - b| over the largest |b|. */
function worst(actual: Tensor, expected: Tensor): number {
  expect(actual.data.length).toBe(expected.data.length);
  const size = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0) / size;
}

describe("reference ops against PyTorch", () => {
  const units = readTensors("units/ops.safetensors");

  it.each(["1e-5", "1e-6", "1e-12"])("LayerNorm, epsilon %s", (epsilon) => {
    const weights = { scale: f32(units, "ln.weight"), bias: f32(units, "ln.bias") };
    const out = runNode(node("LayerNormalization", { epsilon: Number(epsilon) }, weights), [f32(units, "ln.x")]);
    expect(worst(out, f32(units, `ln.out.eps${epsilon}`))).toBeLessThan(1e-6);
  });

  it("GELU (erf)", () => {
    expect(worst(runNode(node("Gelu", { approximate: "none" }), [f32(units, "gelu.x")]), f32(units, "gelu.out"))).toBeLessThan(1e-6);
  });

  it("softmax", () => {
    expect(worst(runNode(node("Softmax"), [f32(units, "softmax.x")]), f32(units, "softmax.out"))).toBeLessThan(1e-6);
  });

  it("patch embedding as Patchify and Gemm", () => {
    const weight = f32(units, "patch.weight");
    const [d] = weight.shape;
    const weights = { weight: tensor([d, weight.data.length / d], weight.data), bias: f32(units, "patch.bias") };
    const out = runNode(node("Gemm", {}, weights), [runNode(node("Patchify", { patchSize: 4 }), [f32(units, "patch.x")])]);
    expect(out.shape).toEqual(f32(units, "patch.out").shape);
    expect(worst(out, f32(units, "patch.out"))).toBeLessThan(1e-6);
  });

  it.each(["plain", "outlier"] as const)("float logits of vit-s32, %s weights", (weights) => {
    const expected = f32(readTensors(`vit-s32/expected/repq.${weights}.w4a4.safetensors`), "logits/fp");
    const logits = runGraph(oracleGraph(weights), oracleImages("eval", 16)).output;
    expect(worst(logits, tensor(logits.shape, expected.data.slice(0, logits.data.length)))).toBeLessThan(1e-5);
  });

  it("every tapped value of the float model on one image", () => {
    const expected = readTensors("vit-s32/expected/repq.outlier.w4a4.safetensors");
    const official: Record<string, string> = { "attn.softmax": "attn.attn_drop", add2: "" };
    const names = ["norm1", "attn.qkv", "attn.softmax", "attn.proj", "norm2", "mlp.fc1", "mlp.act", "mlp.fc2", "add2"];
    const places = [0, 1, 2, 3].flatMap((block) =>
      names.map((name) => [`blocks.${block}.${name}`, [`blocks.${block}`, official[name] ?? name].filter(Boolean).join(".")]),
    );
    const { taps } = runGraph(
      oracleGraph("outlier"),
      oracleImages("eval", 1),
      places.map(([ours]) => ours),
    );
    for (const [ours, theirs] of places)
      expect([ours, worst(taps[ours], f32(expected, `cap_fp/${theirs}.out`)) < 1e-5]).toEqual([ours, true]);
  });
});
