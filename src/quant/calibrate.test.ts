import { describe, expect, it } from "vitest";
import { replaceNodes, type Node } from "../graph/graph.ts";
import { runNode } from "../reference/index.ts";
import { runGraph } from "../reference/run-graph.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Progress } from "../tensor/progress.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { smallImages, smallVit } from "../testing/small-vit.ts";
import { calibrate } from "./calibrate.ts";
import type { CalibrationRequest } from "./calibration-task.ts";
import { peakBytes, refuseRowSteps, refuseUnsuitable } from "./calibration-limits.ts";
import { observeTensor } from "./observers/observer.ts";
import { percentileMse, REPQ_PERCENTILES } from "./observers/percentile-mse.ts";
import { minMax } from "./recipes/min-max.ts";
import { repqVit } from "./recipes/repq-vit.ts";
import { uqVit } from "./recipes/uq-vit.ts";
import { vitrine } from "./recipes/vitrine.ts";
import { schemes } from "./schemes/index.ts";
import { simulateGraph } from "./simulate.ts";
import { isWeight, type Place } from "./sites.ts";

const onCpu = (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs));

function request(overrides: Partial<CalibrationRequest> = {}): CalibrationRequest {
  return {
    graph: smallVit(),
    images: smallImages(6),
    recipe: repqVit,
    weightBits: 4,
    activationBits: 4,
    levels: "strict",
    runNode: onCpu,
    ...overrides,
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
  return "nothing was refused";
}

describe("calibrate", () => {
  it("sequential: each range is measured on what the quantized layers before it give", async () => {
    const { report } = await calibrate(request());
    const { graph } = await calibrate(request({ recipe: { ...repqVit, passes: [] } }));
    const search = percentileMse(REPQ_PERCENTILES);
    const target = { scheme: schemes.uniform, bits: 4, levels: "strict" } as const;
    for (const [place, input] of [
      ["blocks.0.attn.proj.input", "blocks.0.attn.matmul2"],
      ["blocks.1.mlp.fc2.input", "blocks.1.mlp.act"],
      ["head.input", "pool"],
    ]) {
      const seen = simulateGraph(graph, smallImages(6), [input]).taps[input];
      const unquantized = runGraph(smallVit(), smallImages(6), [input]).taps[input];
      expect(report.observed[place]).toEqual(observeTensor(search, seen, null, target));
      expect(report.observed[place]).not.toEqual(observeTensor(search, unquantized, null, target));
    }
  });

  it("parallel: ranges are measured on the float model", async () => {
    const { report } = await calibrate(request({ recipe: minMax }));
    const seen = runGraph(smallVit(), smallImages(6), ["pool"]).taps.pool;
    const [low, high] = [Math.min(...seen.data), Math.max(...seen.data)];
    expect(report.observed["head.input"].quantizer.scale[0]).toBe(Math.fround(Math.fround(high - low) / 15));
  });

  it("chooses input before weight and A before B, node by node", async () => {
    const { report } = await calibrate(request({ graph: smallVit(1) }));
    expect(Object.keys(report.observed)).toEqual([
      "patch_embed.proj.input",
      "patch_embed.proj.weight",
      "blocks.0.attn.qkv.input",
      "blocks.0.attn.qkv.weight",
      "blocks.0.attn.matmul1.query",
      "blocks.0.attn.matmul1.key",
      "blocks.0.attn.matmul2.probabilities",
      "blocks.0.attn.matmul2.value",
      "blocks.0.attn.proj.input",
      "blocks.0.attn.proj.weight",
      "blocks.0.mlp.fc1.input",
      "blocks.0.mlp.fc1.weight",
      "blocks.0.mlp.fc2.input",
      "blocks.0.mlp.fc2.weight",
      "head.input",
      "head.weight",
    ]);
    expect(Object.keys(report.recalibrated)).toEqual(["blocks.0.attn.qkv.weight", "blocks.0.mlp.fc1.weight"]);
  });

  it("takes the first images that the recipe asks for, and is deterministic", async () => {
    const many = smallImages(40);
    const first = { ...many, shape: [32, 3, 4, 4], data: many.data.slice(0, 32 * 48) };
    const [a, b] = await Promise.all([calibrate(request({ images: many })), calibrate(request({ images: first }))]);
    expect(a.report.imageCount).toBe(32);
    expect(a).toEqual(b);
  });

  it("does not change the float graph", async () => {
    const graph = smallVit();
    const before = structuredClone(graph);
    await calibrate(request({ graph }));
    expect(graph).toEqual(before);
  });

  it("reports named stages that only go forward, and ends at the total", async () => {
    const seen: Progress[] = [];
    await calibrate(request({ job: { onProgress: (progress) => void seen.push(progress) } }));
    expect(seen[1].stage).toBe("calibrating patch_embed.proj");
    expect(seen.map(({ stage }) => stage)).toContain("reparameterizing LayerNorms");
    expect(seen.every(({ done, total }, i) => done <= total && (i === 0 || done > seen[i - 1].done))).toBe(true);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
  });

  it("stops at the next node when the user cancels", async () => {
    const controller = new AbortController();
    const executed: string[] = [];
    const promise = calibrate(
      request({
        job: { signal: controller.signal },
        runNode: (node, inputs) => {
          executed.push(node.name);
          if (node.name === "tokens") controller.abort();
          return onCpu(node, inputs);
        },
      }),
    );
    await expect(promise).rejects.toThrow("aborted");
    expect(executed.at(-1)).toBe("tokens");
  });

  it("refuses what cannot work, each with its code", async () => {
    expect(await codeOf(calibrate(request({ weightBits: 9 })))).toBe("BITS_UNSUPPORTED");
    expect(await codeOf(calibrate(request({ activationBits: 2.5 })))).toBe("BITS_UNSUPPORTED");
    expect(await codeOf(calibrate(request({ images: smallImages(0) })))).toBe("CALIBRATION_EMPTY");
    const broken = smallImages(2);
    broken.data[5] = Number.NaN;
    expect(await codeOf(calibrate(request({ images: broken })))).toBe("CALIBRATION_NOT_FINITE");
    const graph = smallVit();
    const huge = { ...graph, shapes: { ...graph.shapes, "blocks.0.attn.softmax": [64, 2048, 2048] } };
    expect(await codeOf(calibrate(request({ graph: huge })))).toBe("CALIBRATION_TOO_LARGE");
  });

  it("refuses statistics with NaN that appear on the way, naming the place", async () => {
    const overflowing = (node: Node, inputs: readonly Tensor[]) => {
      const y = runNode(node, inputs);
      if (node.name === "blocks.1.mlp.act") y.data[7] = Number.NaN;
      return Promise.resolve(y);
    };
    for (const recipe of [minMax, repqVit, vitrine]) {
      const promise = calibrate(request({ recipe, runNode: overflowing }));
      await expect(promise).rejects.toMatchObject({
        code: "CALIBRATION_NOT_FINITE",
        message: expect.stringContaining("blocks.1.mlp.fc2") as string,
      });
    }
  });

  it("refuses a method what it is not made for, before anything runs", async () => {
    const executed: string[] = [];
    const refused = (overrides: Partial<CalibrationRequest>) =>
      calibrate(request({ ...overrides, runNode: (node, inputs) => (executed.push(node.name), onCpu(node, inputs)) }));
    await expect(refused({ recipe: vitrine, images: smallImages(3) })).rejects.toMatchObject({
      code: "CALIBRATION_TOO_FEW",
      message: expect.stringContaining("at least 4") as string,
    });
    const narrow = { ...minMax, bitRange: { lowest: 4, highest: 8 } };
    expect(await codeOf(refused({ recipe: narrow, weightBits: 3 }))).toBe("BITS_UNSUPPORTED");
    expect(await codeOf(refused({ recipe: narrow, attentionBits: 2 }))).toBe("BITS_UNSUPPORTED");
    expect(await codeOf(refused({ recipe: narrow, layerBits: { head: { activations: 3 } } }))).toBe("BITS_UNSUPPORTED");
    const [weights, ...others] = minMax.rules;
    for (const [rules, role] of [
      [others.map((rule) => ({ ...rule, where: (place: Place) => !isWeight(place) && rule.where(place) })), "weights"],
      [[weights], "attention probabilities"],
    ] as const) {
      const refuse = () => refuseUnsuitable({ ...minMax, rules }, smallVit(1));
      expect(refuse).toThrow(expect.objectContaining({ code: "RECIPE_UNSUITABLE" }) as Error);
      expect(refuse).toThrow(`no rule for the ${role}`);
    }
    expect(executed).toEqual([]);
  });

  it("RECIPE_UNSUITABLE: steps of a row's own softmax on a clipped one", () => {
    const plain = smallVit(1);
    const softmax = plain.nodes.find(({ op }) => op === "Softmax");
    if (!softmax) throw new Error("no softmax");
    const stretched = { ...softmax, attributes: { gamma: -0.03, zeta: 1.1 } };
    const clipped = replaceNodes(plain, new Map([[softmax.name, stretched]]));
    expect(() => refuseRowSteps(uqVit, clipped)).toThrow(expect.objectContaining({ code: "RECIPE_UNSUITABLE" }) as Error);
    expect(() => refuseRowSteps(uqVit, plain)).not.toThrow();
    expect(() => refuseRowSteps(minMax, clipped)).not.toThrow();
  });

  it("bounds memory by the values still to be read plus two copies of a node's inputs", () => {
    // Worst at matmul2: the residual [5,8], qkv [5,24], the probabilities [2,5,5], its output [5,8], and both inputs twice more.
    expect(peakBytes(smallVit(1), 3)).toBe(3 * 4 * (40 + 120 + 50 + 40 + 2 * (120 + 50)));
  });
});
