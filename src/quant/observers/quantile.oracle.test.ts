import { describe, expect, it } from "vitest";
import { f32, readTensors } from "../../testing/oracle.ts";
import { quantiles } from "./quantile.ts";

describe("quantiles against torch.quantile", () => {
  const units = readTensors("units/ops.safetensors");
  const names = [...units.keys()].filter((name) => name.startsWith("quantile") && name.endsWith(".x")).map((name) => name.slice(0, -2));

  it("has the cases", () => expect(names).toHaveLength(8));

  it.each(names)("%s, to the bit", (name) => {
    const probabilities = [...f32(units, "quantile.p").data];
    expect(quantiles(f32(units, `${name}.x`).data, probabilities)).toEqual([...f32(units, `${name}.out`).data]);
  });
});
