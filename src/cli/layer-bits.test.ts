import { expect, test } from "vitest";
import type { LayerBits } from "../quant/bits.ts";
import type { QuantizeRequest } from "../runner/comparison.ts";
import { openModel } from "../runner/open-model.ts";
import { expectCode } from "../testing/expect-code.ts";
import { memoryHost, textFile as text } from "../testing/memory-host.ts";
import type { Host } from "./host.ts";
import { readLayerBits } from "./layer-bits.ts";
import { runCommand } from "./run-command.ts";

async function quantize(host: Host, out: string, ...more: string[]) {
  const args = ["quantize", "--model=model", "--calibration=images", "--executor=cpu", "--weights=3", "--activations=3"];
  return (await runCommand([...args, `--out=${out}`, ...more], host)) as {
    request: QuantizeRequest;
    effectiveBits: { weights: number; activations: number };
  };
}

test("a package says which layer has which bits; the same bits as a file give the same package", async () => {
  const host = await memoryHost();
  const { request, effectiveBits } = await quantize(host, "a.safetensors", "--recipe=lrp-qvit");
  expect(Object.keys(request.layerBits ?? {})).toContain("blocks.0.attn.matmul1");
  expect(effectiveBits.weights).toBeLessThanOrEqual(3);
  const reopened = await openModel(host.files["a.safetensors"]);
  expect(reopened.quantization).toEqual(request);
  const { nodes } = await reopened.build();
  for (const { name, quantizers } of nodes) {
    if (quantizers?.weight) expect([name, quantizers.weight.bits]).toEqual([name, request.layerBits?.[name].weights]);
  }
  host.files["bits.json"] = text(JSON.stringify(request.layerBits));
  await quantize(host, "b.safetensors", "--recipe=lrp-qvit", "--layer-bits=bits.json");
  expect((await (await openModel(host.files["b.safetensors"])).build()).nodes).toEqual(nodes);

  const compared = (await runCommand(["compare", "--model=a.safetensors", "--inputs=images", "--executor=cpu"], host)) as object;
  expect(compared).toMatchObject({ request, effectiveBits, executor: "cpu", executorNote: null });
});

test("bits that a file gives reach the layers it names, whatever the recipe", async () => {
  const host = await memoryHost();
  host.files["bits.json"] = text('{"head": {"weights": 8, "activations": 6}}');
  const { request } = await quantize(host, "a.safetensors", "--recipe=min-max", "--layer-bits=bits.json");
  expect(request.layerBits).toEqual({ head: { weights: 8, activations: 6 } });
  const { nodes } = await (await openModel(host.files["a.safetensors"])).build();
  const bits = (name: string) => nodes.find((node) => node.name === name)?.quantizers?.weight?.bits;
  expect([bits("head"), bits("blocks.0.mlp.fc1")]).toEqual([8, 3]);
});

test.each([
  ["{", "JSON"],
  ["[]", "The whole"],
  ['{"head": 8}', "head"],
  ['{"head": {"weight": 8}}', "head"],
  ['{"head": {"weights": "8"}}', "head.weights"],
])("a file that says something else is refused: %s", async (content, reason) => {
  const host = await memoryHost();
  host.files["bits.json"] = text(content);
  const { why } = await expectCode("LAYER_BITS_INVALID", () => readLayerBits(host, { "layer-bits": "bits.json" }));
  expect(why).toContain(reason);
});

test("a layer that the model lacks is refused before anything is calibrated", async () => {
  const host = await memoryHost();
  const misspelt: LayerBits = { haed: { weights: 8 } };
  host.files["bits.json"] = text(JSON.stringify(misspelt));
  await expectCode("LAYER_BITS_INVALID", () => quantize(host, "a.safetensors", "--recipe=lrp-qvit", "--layer-bits=bits.json"));
  expect(await readLayerBits(host, {})).toBe(undefined);
});
