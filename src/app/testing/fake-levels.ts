import type { Quantizer } from "../../graph/quantizer.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import { logSqrt2 } from "../../quant/schemes/log-sqrt2.ts";
import { uniform } from "../../quant/schemes/uniform.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { InputError } from "../../tensor/input-error.ts";
import { seededNormal } from "../../tensor/random.ts";
import type { LevelSite, LevelsRequest, SiteLevels } from "../worker/lab-api.ts";

/** Made-up sites, with made-up values under real levels. */
export function fakeSites(depth: number, request: QuantizeRequest): readonly LevelSite[] {
  const bits = request.activationBits;
  const whole = { part: null, entries: 1, bits, scheme: "uniform" } as const;
  return Array.from({ length: depth }, (_, block): LevelSite[] => [
    { ...whole, id: `blocks.${block}.attn.qkv.input`, block, title: "LayerNorm output, read by attn.qkv" },
    { ...whole, id: `blocks.${block}.attn.matmul1.query`, block, title: "queries", part: "head", entries: 4 },
    {
      ...whole,
      id: `blocks.${block}.attn.matmul2.probabilities`,
      block,
      title: "attention probabilities",
      scheme: request.recipe === "min-max" ? "uniform" : "log sqrt 2",
    },
    { ...whole, id: `blocks.${block}.mlp.fc2.input`, block, title: "GELU output" },
  ]).flat();
}

export function fakeLevels(request: LevelsRequest, bits: number): SiteLevels {
  if (!request.site.startsWith("blocks.")) {
    throw new InputError("LEVELS_GONE", { what: `No levels of ${request.site}.`, why: "It is not there.", next: "Run again." });
  }
  const isLog = request.site.endsWith("probabilities");
  const normal = seededNormal(request.site.length + request.entry);
  const values = Float32Array.from({ length: 4000 }, () => (isLog ? Math.min(1, Math.exp(normal() * 1.5 - 4)) : normal()));
  const scheme = isLog ? logSqrt2 : uniform;
  const { scale, zeroPoint } = scheme.fit(isLog ? { low: 0, high: 1 } : { low: -3, high: 3 }, bits);
  const quantizer: Quantizer = {
    scheme: scheme.name,
    bits,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: zeroPoint === null ? new Float32Array(0) : Float32Array.of(zeroPoint),
    axis: null,
  };
  const { centres, counts } = histogramOf(values, bits);
  return {
    histogram: { centres, counts },
    codebook: scheme.codebook?.(quantizer) ?? null,
    axis: isLog ? "log" : "linear",
    image: "sphere 1",
  };
}
