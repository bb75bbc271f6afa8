import { describe, expect, it } from "vitest";
import { randomLayer } from "../../testing/layer-problem.ts";
import { encodeTensor } from "../schemes/encode.ts";
import { schemeOf } from "../schemes/index.ts";
import { tensor } from "../../tensor/tensor.ts";
import { createGptq } from "./gptq.ts";
import { proxyError } from "./proxy.ts";
import { rangeGptq } from "./range-gptq.ts";

describe("rangeGptq", () => {
  it.each([1, 2, 3, 4])("leaves less error than GPTQ on whole ranges, seed %i", (seed) => {
    const problem = randomLayer({ seed, n: 16, k: 48, rows: 400, bits: 3 });
    const [, k] = problem.shape;
    const ordinary = createGptq().solve(problem);
    const searched = rangeGptq.solve(problem);
    const error = (weight: Float32Array) => proxyError(problem.weight, weight, problem.inputs.gram, k);
    expect(error(searched.weight)).toBeLessThan(error(ordinary.weight));
  });

  it("gives weights on the grid that it names, and the same again", () => {
    const problem = randomLayer({ seed: 7, n: 5, k: 20, rows: 100, bits: 4 });
    const [n, k] = problem.shape;
    const { weight, quantizer } = rangeGptq.solve(problem);
    if (!quantizer) throw new Error("no grid is named");
    const x = tensor([n, k], weight);
    const codes = encodeTensor(x, quantizer).data;
    const scheme = schemeOf(quantizer);
    expect([...codes].map((code, i) => scheme.dequantize(code, quantizer, Math.floor(i / k)))).toEqual([...weight]);
    expect(rangeGptq.solve(problem)).toEqual(rangeGptq.solve(problem));
  });
});
