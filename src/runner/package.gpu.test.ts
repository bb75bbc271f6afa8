import { expect, test } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { readAny } from "../formats/tensor-store.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { makeGraph, type Node } from "../graph/graph.ts";
import { identifyModel } from "../models/index.ts";
import { schemes } from "../quant/schemes/index.ts";
import { tensor } from "../tensor/tensor.ts";
import { expectCode } from "../testing/expect-code.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { randomPixels } from "../testing/random-vit.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { tensorSource } from "./image-source.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { openModel } from "./open-model.ts";
import { PACKAGE_KEY, writePackage } from "./package.ts";
import { packageBytes } from "./package-size.ts";
import { quantizeModel } from "../testing/quantize-model.ts";
import { createGpuSession } from "./session.ts";

test.each([
  { recipe: "repq-vit", weightBits: 3, activationBits: 6, levels: "strict", mode: "integer" },
  { recipe: "min-max", weightBits: 8, activationBits: 8, levels: "strict", mode: "integer" },
  { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "as-published", mode: "simulated" },
] as const)("write, read, run equals run: $recipe W$weightBits A$activationBits $levels", async ({ mode, ...request }) => {
  const gpu = await nodeGpu();
  const { card, build } = identifyModel(await openModelFiles(modelSources(syntheticVit({ numClasses: 5 }))));
  const float = await build();
  const [, size] = float.inputShape;
  const images = randomPixels(4, size, 7);
  const { graph } = await quantizeModel(gpu, float, tensorSource(images, float.inputShape, "calibration"), request);
  const bytes = writePackage(graph, card, request);
  const reopened = await openModel([fromBytes(bytes, "small.safetensors")]);
  expect(reopened.quantization).toEqual(request);
  expect(reopened.card.config).toEqual(card.config);
  const run = async (model: typeof graph) => {
    const session = createGpuSession(gpu, model, { mode, execution: "f32" });
    const { logits } = await session.run(images);
    session.destroy();
    return logits.data;
  };
  const again = await reopened.build();
  expect(await run(again)).toEqual(await run(graph));
  expect(packageBytes(float, again)).toEqual(packageBytes(float, graph));
});

test("write, read, run equals run: groups along K, codebooks, codes of tokens, an Affine", async () => {
  const gpu = await nodeGpu();
  const { card, build } = identifyModel(await openModelFiles(modelSources(syntheticVit({ numClasses: 5, depth: 1 }))));
  const float = await build();
  const images = randomPixels(4, float.inputShape[1], 7);
  const request = { recipe: "min-max", weightBits: 4, activationBits: 4, levels: "strict" } as const;
  const { graph } = await quantizeModel(gpu, float, tensorSource(images, float.inputShape, "calibration"), request);
  const fc2 = "blocks.0.mlp.fc2";
  const tokens = graph.shapes["blocks.0.norm2"][0];
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const { weight, input } = node.quantizers ?? {};
    if (!weight || !input) return [node];
    if (node.name === "blocks.0.mlp.fc1") {
      const spread = (values: Float32Array) => Float32Array.from({ length: tokens }, (_, token) => values[0] * (1 + (token % 3)));
      return [
        { ...node, quantizers: { weight, input: { ...input, axis: -2, scale: spread(input.scale), zeroPoint: spread(input.zeroPoint) } } },
      ];
    }
    if (node.name !== fc2) return [node];
    const [n, k] = node.weights.weight.shape;
    const ofGroups = (values: Float32Array, step: number) =>
      Float32Array.from({ length: 3 * n }, (_, e) => values[Math.floor(e / 3)] + (e % 3) * step);
    const groups = { ...weight, scale: ofGroups(weight.scale, 0.01), zeroPoint: ofGroups(weight.zeroPoint, 1) };
    const { scale, parameters } = schemes["adalog-shifted"].fit({ low: -0.17, high: 2 }, 4, "strict");
    const codebook = {
      ...input,
      scheme: "adalog-shifted",
      scale: Float32Array.of(scale),
      zeroPoint: new Float32Array(0),
      parameters: parameters ?? {},
    };
    const columns = { scale: tensor([k], new Float32Array(k).fill(0.75)), bias: tensor([k], new Float32Array(k).fill(0.125)) };
    const affine: Node = { name: "scaled", op: "Affine", inputs: node.inputs, attributes: {}, weights: columns };
    return [affine, { ...node, inputs: ["scaled"], quantizers: { weight: groups, input: codebook } }];
  });
  const changed = makeGraph(graph.name, graph.inputShape, nodes);
  expect(integerObstacle(changed)).toBeNull();
  const reopened = await openModel([fromBytes(writePackage(changed, card, request), "small.safetensors")]);
  const again = await reopened.build();
  const run = async (model: typeof graph) => {
    const session = createGpuSession(gpu, model, { mode: "integer", execution: "f32" });
    const { logits } = await session.run(images);
    session.destroy();
    return logits.data;
  };
  expect(again.nodes.map(({ quantizers }) => quantizers)).toEqual(changed.nodes.map(({ quantizers }) => quantizers));
  expect(await run(again)).toEqual(await run(changed));
});

test("a package whose description lies is refused with the rule it breaks", async () => {
  const { card, build } = identifyModel(await openModelFiles(modelSources(syntheticVit({ numClasses: 5 }))));
  const float = await build();
  const request = { recipe: "min-max", weightBits: 4, activationBits: 4, levels: "strict" } as const;
  const { graph } = await quantizeModel(
    await nodeGpu(),
    float,
    tensorSource(randomPixels(2, float.inputShape[1], 7), float.inputShape, "c"),
    request,
  );
  const store = await openSafetensors(fromBytes(writePackage(graph, card, request), "p"));
  type Stated = { op: string; weights: Record<string, number[]>; quantizers?: Record<string, Record<string, unknown>> };
  const header = JSON.parse(store.metadata[PACKAGE_KEY]) as { nodes: Stated[] };
  const tensors = Object.fromEntries(await Promise.all(store.names.map(async (name) => [name, await readAny(store, name)] as const)));
  const reopen = (change: (copy: typeof header) => void) => {
    const copy = structuredClone(header);
    change(copy);
    const file = writeSafetensors(tensors, { [PACKAGE_KEY]: JSON.stringify(copy) });
    return openModel([fromBytes(file, "p.safetensors")]).then((model) => model.build());
  };
  const gemm = header.nodes.findIndex(({ op }) => op === "Gemm");
  await expectCode("PACKAGE_INVALID", () => reopen((copy) => (copy.nodes[gemm].op = "RunCode")));
  await expectCode("PACKAGE_INVALID", () => reopen((copy) => (copy.nodes[gemm].weights.weight[0] += 1)));
  await expectCode("PACKAGE_INVALID", () => reopen((copy) => copy.nodes.reverse()));
  const lie = (site: string, change: (quantizer: Record<string, unknown>) => unknown) =>
    expectCode("PACKAGE_INVALID", () =>
      reopen((copy) => {
        const stated = copy.nodes.find(({ quantizers }) => quantizers?.[site])?.quantizers?.[site];
        if (!stated) throw new Error(`no quantizer of ${site}`);
        change(stated);
      }),
    );
  for (const scheme of ["adalog", "lloyd", "tan", "sulq", "twin-gelu", "twin-softmax"]) {
    await lie("probabilities", (quantizer) => Object.assign(quantizer, { scheme, zeroPoint: [] }));
  }
  await lie("probabilities", (quantizer) => Object.assign(quantizer, { parameters: { base: 18 } }));
  await lie("input", (quantizer) => Object.assign(quantizer, { axis: -1, scale: [1, 1, 1, 1, 1], zeroPoint: [0, 0, 0, 0, 0] }));
  await lie("input", (quantizer) => Object.assign(quantizer, { zeroPoint: [] }));
  await lie("weight", (quantizer) => Object.assign(quantizer, { scheme: "demax" }));
  await lie("weight", (quantizer) => Object.assign(quantizer, { axis: null }));
  const softmax = header.nodes.findIndex(({ op }) => op === "Softmax");
  const { query } = header.nodes.find(({ quantizers }) => quantizers?.query)?.quantizers ?? {};
  await expectCode("PACKAGE_INVALID", () => reopen((copy) => Object.assign(copy.nodes[softmax], { quantizers: { query } })));
  expect((await reopen(() => undefined)).nodes.length).toBeGreaterThanOrEqual(header.nodes.length);
});
