/** The shift-uniform-log2 cases of the published I&S-ViT program: codes and values from its parameters. Its search: ../observers/sulq-search.oracle.test.ts. */
import { describe, expect, it } from "vitest";
import type { Quantizer } from "../../graph/quantizer.ts";
import { f32, integers, readJson, readTensors } from "../../testing/oracle.ts";
import { sulq } from "./sulq.ts";

describe("shift-uniform-log2 against the published program", () => {
  const units = readTensors("units/units-ias.safetensors");
  const names = (readJson("units/units-ias.index.json") as string[]).filter((name) => name.startsWith("sulq."));

  it("has the cases", () => expect(names).toHaveLength(8));

  it.each(names)("%s: codes to the last, values to the bit", (name) => {
    const scalar = (key: string) => f32(units, `${name}.${key}`).data[0];
    const x = f32(units, `in.${name.split(".")[1]}`);
    const quantizer: Quantizer = {
      scheme: "sulq",
      bits: Number(name.slice(-1)),
      levels: "as-published",
      scale: Float32Array.of(1),
      zeroPoint: new Float32Array(0),
      axis: null,
      parameters: { eta: scalar("bias"), low: scalar("minv"), high: scalar("maxv") },
    };
    expect(Array.from(x.data, (value) => sulq.quantize(value, quantizer))).toEqual([...integers(units, `${name}.code`)]);
    const restored = sulq.fakeQuantize(x, quantizer).data;
    expect(restored).toEqual(f32(units, `${name}.out`).data);
    expect(new Set(restored).size).toBe(integers(units, `${name}.n_distinct`)[0]);
  });
});
