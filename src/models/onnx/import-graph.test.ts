/** The same weights in the forms that exporters write: all of them must give the logits that PyTorch gave. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { openModelFiles } from "../../formats/open-model.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import { identifyModel } from "../index.ts";

interface Expected {
  readonly pixels: readonly number[];
  readonly groups: Readonly<Record<string, { readonly files: readonly string[]; readonly logits: readonly number[] }>>;
}

const folder = new URL("goldens/", import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const source = (name: string) => fromBytes(bytesOf(name), name);
const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Expected;
const pixels = tensor([2, 3, 8, 8], Float32Array.from(expected.pixels));

async function open(...names: string[]) {
  const model = identifyModel(await openModelFiles(names.map(source)));
  return { ...model, graph: await model.build() };
}

/** f32 arithmetic of PyTorch against f64 sums here: a few units of the last place through two blocks. */
const BOUND = 2e-6;

function expectLogits(graph: Awaited<ReturnType<typeof open>>["graph"], logits: readonly number[]) {
  const { output } = runGraph(graph, pixels);
  expect(output.data.length).toBe(logits.length);
  const largest = Math.max(...logits.map(Math.abs));
  logits.forEach((wanted, i) => expect(Math.abs(output.data[i] - wanted) / largest).toBeLessThan(BOUND));
}

describe.each(Object.entries(expected.groups))("%s", (_group, { files, logits }) => {
  test.each(files)("%s gives PyTorch's logits", async (name) => {
    const { graph } = await open(`${name}.onnx`);
    expectLogits(graph, logits);
  });
});

test("weights in a file of their own", async () => {
  const { graph } = await open("external.onnx", "external.onnx_data");
  expectLogits(graph, expected.groups.token.logits);
});

test("nodes are named and ordered as those of the same model from timm's names", async () => {
  const { graph, card } = await open("timm-11.onnx");
  expect(graph.nodes.map(({ name, op }) => `${name} ${op}`)).toEqual([
    "patch_embed.patches Patchify",
    "patch_embed.proj Gemm",
    "tokens PrependTokens",
    ...[0, 1].flatMap((i) => [
      `blocks.${i}.norm1 LayerNormalization`,
      `blocks.${i}.attn.qkv Gemm`,
      `blocks.${i}.attn.matmul1 AttentionScores`,
      `blocks.${i}.attn.softmax Softmax`,
      `blocks.${i}.attn.matmul2 AttentionOutput`,
      `blocks.${i}.attn.proj Gemm`,
      `blocks.${i}.add1 Add`,
      `blocks.${i}.norm2 LayerNormalization`,
      `blocks.${i}.mlp.fc1 Gemm`,
      `blocks.${i}.mlp.act Gelu`,
      `blocks.${i}.mlp.fc2 Gemm`,
      `blocks.${i}.add2 Add`,
    ]),
    "norm LayerNormalization",
    "pool Gather",
    "head Gemm",
  ]);
  expect(card).toMatchObject({
    naming: "onnx",
    tokens: 5,
    weightDtype: "f32",
    config: {
      imageSize: [8, 8],
      patchSize: 4,
      channels: 3,
      embedDim: 8,
      depth: 2,
      numHeads: 2,
      mlpDim: 16,
      classToken: true,
      distilled: false,
      registerTokens: 0,
      numClasses: 5,
      epsilon: 1e-6,
      gelu: "none",
      pooling: "token",
      qkvBias: true,
    },
  });
});

test.each([
  ["mean-tanh-12", { pooling: "mean", gelu: "tanh", classToken: false }],
  ["registers-scale-17", { registerTokens: 2, classToken: true }],
  ["distilled-17", { distilled: true, registerTokens: 0 }],
])("the card of %s", async (name, config) => {
  expect((await open(`${name}.onnx`)).card).toMatchObject({ config });
});

test("what the network ends in and stores is told", async () => {
  expect((await open("softmax-17.onnx")).notes.join()).toContain("Softmax");
  expect((await open("timm-f16.onnx")).card.weightDtype).toBe("f16");
});
