import { describe, expect, it } from "vitest";
import { tensor } from "../tensor/tensor.ts";
import { metrics } from "./index.ts";
import { argmaxRows } from "./metric.ts";

const of = (shape: number[], ...values: number[]) => tensor(shape, Float32Array.from(values));
const { sqnrDb, cosine, mse, klDivergence, top1Agreement, top1Accuracy, featureCosine, neighbourAgreement } = metrics;

describe("metrics", () => {
  it("are registered under their own names", () => {
    for (const [name, metric] of Object.entries(metrics)) expect(metric.name).toBe(name);
  });

  it("mse: mean of squared differences", () => {
    expect(mse.measure(of([1, 4], 1, 2, 3, 4), of([1, 4], 1, 2, 3, 8))).toBe(4);
  });

  it("sqnrDb: ten times the log of the power ratio", () => {
    expect(sqnrDb.measure(of([2], 30, 40), of([2], 33, 44))).toBeCloseTo(20, 10); // 2500 / 25
    expect(sqnrDb.measure(of([2], 1, 2), of([2], 1, 2))).toBe(Infinity);
    expect(sqnrDb.measure(of([1], 1), of([1], 3))).toBeCloseTo(-6.0206, 4); // 1 / 4
  });

  it("cosine: of the angle, not of the length", () => {
    expect(cosine.measure(of([2], 1, 0), of([2], 5, 5))).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosine.measure(of([2], 1, 2), of([2], -2, -4))).toBeCloseTo(-1, 12);
    expect(cosine.measure(of([2], 0, 0), of([2], 0, 0))).toBe(1);
    expect(cosine.measure(of([2], 0, 0), of([2], 1, 0))).toBe(0);
  });

  it("klDivergence: mean over images, direction reference || actual, safe for large logits", () => {
    // softmax([ln 3, 0]) = [3/4, 1/4]; softmax([0, 0]) = [1/2, 1/2].
    const [skewed, even] = [of([1, 2], Math.log(3) + 500, 500), of([1, 2], 0, 0)];
    expect(klDivergence.measure(skewed, even)).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 4);
    expect(klDivergence.measure(even, skewed)).toBeCloseTo(0.5 * Math.log(2 / 3) + 0.5 * Math.log(2), 4);
    expect(klDivergence.measure(of([2, 2], 0, 0, 1, 2), of([2, 2], 0, 0, 1, 2))).toBe(0);
  });

  it("top1Agreement and top1Accuracy: shares of images", () => {
    const float = of([4, 3], 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    const quantized = of([4, 3], 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0);
    expect(top1Agreement.measure(float, quantized)).toBe(0.5);
    expect(top1Accuracy.measure(float, quantized, [0, 2, 2, 2])).toBe(0.75);
    expect(() => top1Accuracy.measure(float, quantized, [0])).toThrow("4 images, 1 labels");
  });

  it("featureCosine: each image's angle counts the same, whatever its length", () => {
    // Angles of 0, 90 and 180 degrees; the long first row does not outweigh the others.
    expect(featureCosine.measure(of([3, 2], 300, 0, 1, 0, 2, 0), of([3, 2], 6, 0, 0, 5, -1, 0))).toBeCloseTo(0, 12);
    expect(featureCosine.measure(of([2, 2], 0, 0, 1, 1), of([2, 2], 0, 0, 0, 0))).toBe(0.5);
  });

  it("neighbourAgreement: the nearest other image by angle", () => {
    // Directions 0, 10, 80 and 90 degrees pair up (0,1) and (2,3); turning the second to 60 degrees makes 80 its nearest, and 0 keeps it.
    const at = (...degrees: number[]) =>
      of([degrees.length, 2], ...degrees.flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]));
    expect(neighbourAgreement.measure(at(0, 10, 80, 90), at(0, 10, 80, 90))).toBe(1);
    expect(neighbourAgreement.measure(at(0, 10, 80, 90), at(0, 60, 80, 90))).toBe(0.75);
    expect(neighbourAgreement.measure(at(30), at(60))).toBe(1);
  });

  it("argmaxRows: the first of equals, negative rows too", () => {
    expect([...argmaxRows(of([2, 3], -3, -1, -2, 5, 5, 1))]).toEqual([1, 0]);
  });

  it("refuse different shapes", () => {
    for (const metric of [sqnrDb, cosine, mse, klDivergence, top1Agreement, featureCosine, neighbourAgreement]) {
      expect(() => metric.measure(of([1, 2], 1, 2), of([2, 1], 1, 2))).toThrow("cannot compare");
    }
  });
});
