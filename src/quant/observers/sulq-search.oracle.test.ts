import { describe, expect, it } from "vitest";
import { f32, readJson, readTensors } from "../../testing/oracle.ts";
import { schemes } from "../schemes/index.ts";
import { observeTensor } from "./observer.ts";
import { sulqSearch } from "./sulq-search.ts";

describe("search of shift-uniform-log2 against the published program", () => {
  const units = readTensors("units/units-ias.safetensors");
  const names = (readJson("units/units-ias.index.json") as string[]).filter((name) => name.startsWith("sulq."));

  it("has the cases", () => expect(names).toHaveLength(8));

  it.each(names)("%s: finds the shift and the ends, values follow to the bit", (name) => {
    const scalar = (key: string) => f32(units, `${name}.${key}`).data[0];
    const x = f32(units, `in.${name.split(".")[1]}`);
    const target = { scheme: schemes.sulq, bits: Number(name.slice(-1)), levels: "as-published" } as const;
    const { quantizer } = observeTensor(sulqSearch, x, null, target);
    expect(quantizer.parameters).toEqual({ eta: scalar("bias"), low: scalar("minv"), high: scalar("maxv") });
    expect(schemes.sulq.fakeQuantize(x, quantizer).data).toEqual(f32(units, `${name}.out`).data);
  });

  it("strict: the shift is a power of two and the error no larger", () => {
    const x = f32(units, "in.softmax");
    const errorOf = (levels: "strict" | "as-published") => {
      const { quantizer } = observeTensor(sulqSearch, x, null, { scheme: schemes.sulq, bits: 4, levels });
      const restored = schemes.sulq.fakeQuantize(x, quantizer).data;
      return { quantizer, error: restored.reduce((sum, value, i) => sum + (value - x.data[i]) ** 2, 0) };
    };
    const [strict, published] = [errorOf("strict"), errorOf("as-published")];
    expect(Math.log2(strict.quantizer.parameters?.["eta"] ?? 0) % 1).toBe(-0);
    expect(strict.error).toBeLessThan(1.1 * published.error);
  });
});
