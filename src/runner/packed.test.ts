/** Models that GPTQ, AWQ and compressed-tensors packed, as quantized baselines: PyTorch's logits, and codes that stand for exactly the weights. */
import { expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { identifyModel } from "../models/index.ts";
import { unpackWeights } from "../models/packed/index.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { packedModel, packedNames } from "../testing/golden-models.ts";

test.each(packedNames)("%s", async (name) => {
  const { any, pixels, output } = await packedModel(name);
  const { card, build } = identifyModel(await unpackWeights(any));
  const graph = await build();
  // PyTorch adds up in f32; one wrong code or zero point is off by tens of decibels.
  expect(metrics.sqnrDb.measure(output, simulateGraph(graph, pixels).output)).toBeGreaterThan(105);

  const bits = Number(/(\d)bit|int(\d)/.exec(name)?.slice(1).find(Boolean) ?? 4);
  expect(card).toMatchObject({ weightDtype: `int${bits}`, quantization: { weightBits: bits, levels: "strict" } });
  const packed = graph.nodes.filter(({ name: node }) => /^blocks.*(qkv|proj|fc[12])$/.test(node));
  expect(packed).toHaveLength(4);
  for (const { weights, quantizers } of packed) {
    // Groups of inputs that were sorted by their importance are no runs, so that only the values are taken over.
    if (name.includes("act-order")) {
      expect(quantizers).toBeUndefined();
      continue;
    }
    expect(quantizers?.weight).toMatchObject({ bits, scheme: "uniform" });
    expect(quantizers?.input?.zeroPoint[0]).toBe(name.includes("static") ? 117 : undefined);
    if (quantizers?.weight) expect(schemeOf(quantizers.weight).fakeQuantize(weights.weight, quantizers.weight)).toEqual(weights.weight);
  }
});
