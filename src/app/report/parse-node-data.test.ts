import { expect, it } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { nodeData } from "./node-data.ts";
import { parseNodeData, valueOf } from "./parse-node-data.ts";

it("reads what the page writes", () => {
  const layer = (name: string, sqnrDb: number) => ({ name, block: null, role: name, sqnrDb, cosine: 1 });
  const data = parseNodeData(nodeData("m", [layer("blocks.0.attn.qkv", 12.5), layer("head", 3)]), "a.json");
  expect([data.name, [...data.values]]).toEqual([
    "m: SQNR (dB)",
    [
      ["blocks.0.attn.qkv", 12.5],
      ["head", 3],
    ],
  ]);
});

it("reads several graphs, bare numbers, and names with slashes and outputs; labels are left out", () => {
  const text = JSON.stringify({ main: { results: { "vit/blocks/0/attn/qkv;1": { value: 2 }, "vit/head": 0.5, note: { value: "high" } } } });
  const data = parseNodeData(text, "a.json");
  expect(data.name).toBe("main");
  expect([valueOf(data, "blocks.0.attn.qkv"), valueOf(data, "head"), valueOf(data, "note"), valueOf(data, "ead")]).toEqual([
    2,
    0.5,
    null,
    null,
  ]);
  // Block 10 is not block 0.
  expect(valueOf(parseNodeData('{"results": {"x/blocks/10/qkv": 1}}', "b.json"), "0.qkv")).toBeNull();
});

it.each(["{", "[]", "{}", '{"results": []}', '{"results": {"a": {"value": "x"}}}', '{"results": {"a": {"value": null}}}'])(
  "refuses %s",
  async (text) => {
    await expectCode("NODE_DATA_INVALID", () => parseNodeData(text, "a.json"));
  },
);
