/** The functions inside a Vision Transformer that no shape shows: LayerNorm's epsilon, which GELU, which pooling. */
import type { JsonObject } from "../formats/json.ts";
import { isPlainTimmVit } from "./architectures.ts";
import type { ActivationConfig, VitConfig } from "./config.ts";
import { modelError } from "./error-codes.ts";
import { findField, invalidField, numberField, textField } from "./settings.ts";
import type { NameMap } from "./tensor-names.ts";

/** `fallback` is the family's own where no file states it. */
export function readEpsilon(settings: JsonObject | null, names: NameMap, fallback?: number): { epsilon: number; assumed: boolean } {
  const paths = ["model_args.norm_eps", "model_args.layer_norm_eps", "model_args.eps", "layer_norm_eps", "norm_eps", "eps"];
  const stated = numberField(settings, paths);
  if (stated !== null) {
    const field = findField(settings, paths);
    if (field && stated <= 0) throw invalidField(field, "a positive number");
    return { epsilon: stated, assumed: false };
  }
  if (fallback !== undefined) return { epsilon: fallback, assumed: false };
  const architecture = textField(settings, ["architecture"]);
  if (names.naming === "timm") return { epsilon: 1e-6, assumed: !isPlainTimmVit(architecture) };
  return { epsilon: names.prefix?.startsWith("dinov2") ? 1e-6 : 1e-12, assumed: true };
}

const activationPaths = ["model_args.act_layer", "act_layer", "hidden_act", "act"];

const exactGelu = new Set(["gelu", "gelu_python", "gelu-erf", "gelu_erf", "gelu_none"]);
const tanhGelu = new Set(["gelu_new", "gelu_pytorch_tanh", "gelu_tanh", "gelu-tanh", "gelu_fast", "gelu_python_tanh"]);

const quickGelu = new Set(["quick_gelu", "quickgelu", "gelu_quick"]);

/** An activation of the MLP that is no GELU, as the configuration names it; null for GELU or silence. */
export function readActivation(settings: JsonObject | null): ActivationConfig | null {
  const name = textField(settings, activationPaths)?.toLowerCase();
  if (name === "relu") return { kind: "relu" };
  if (name === "silu" || name === "swish") return { kind: "silu" };
  if (name !== "polynomial") return null;
  const field = findField(settings, ["model_args.act_coefficients", "act_coefficients", "activation_coefficients"]);
  const values = field?.value;
  if (!field || !Array.isArray(values) || values.length !== 3 || !values.every((value) => typeof value === "number")) {
    throw invalidField(field ?? { path: "act_coefficients", value: "absent" }, "the three coefficients [c0, c1, c2] of c0 + c1 x + c2 x^2");
  }
  return { kind: "polynomial", coefficients: [Number(values[0]), Number(values[1]), Number(values[2])] };
}

/** RMSNorm has no bias; LayerNorm may have none, and then a configuration must say that it is one. */
export function readNorm(settings: JsonObject | null, hasBias: boolean): { norm: VitConfig["norm"]; assumed: boolean } {
  const name = textField(settings, ["model_args.norm_layer", "norm_layer", "norm_type"]);
  if (name !== null && /rms/i.test(name)) return { norm: "rms", assumed: false };
  if (hasBias || (name !== null && /layer|^ln/i.test(name))) return { norm: undefined, assumed: false };
  return { norm: "rms", assumed: true };
}

/** `fallback` is the family's own where no file states it. */
export function readGelu(settings: JsonObject | null, fallback?: VitConfig["gelu"]): { gelu: VitConfig["gelu"]; assumed: boolean } {
  const name = textField(settings, activationPaths);
  if (name === null && fallback !== undefined) return { gelu: fallback, assumed: settings === null };
  if (name === null) return { gelu: "none", assumed: !isPlainTimmVit(textField(settings, ["architecture"])) };
  const key = name.toLowerCase();
  if (exactGelu.has(key)) return { gelu: "none", assumed: false };
  if (tanhGelu.has(key)) return { gelu: "tanh", assumed: false };
  if (quickGelu.has(key)) return { gelu: "sigmoid", assumed: false };
  throw modelError(
    "UNSUPPORTED_ACTIVATION",
    `The configuration names the activation "${name}".`,
    "MLP blocks are run with GELU (exact, in its tanh form, QuickGELU), ReLU, SiLU or a polynomial of degree 2.",
    "Open a model with GELU, or correct the configuration if it is wrong.",
  );
}

export function readPooling(
  settings: JsonObject | null,
  names: NameMap,
  classToken: boolean,
  fallback?: VitConfig["pooling"],
): { pooling: VitConfig["pooling"]; assumed: boolean } {
  if (names.source.has("attn_pool.latent")) return { pooling: "map", assumed: false };
  if (fallback !== undefined) return { pooling: fallback, assumed: false };
  // Hugging Face's classifiers always take token 0.
  if (names.naming === "huggingface") return { pooling: "token", assumed: false };
  if (!classToken) return { pooling: "mean", assumed: false };
  const stated = textField(settings, ["model_args.global_pool", "global_pool"]);
  if (stated === "token" || stated === "avg" || stated === "mean")
    return { pooling: stated === "token" ? "token" : "mean", assumed: false };
  if (stated !== null) {
    throw modelError(
      "UNSUPPORTED_POOLING",
      `The configuration names the pooling "${stated}".`,
      "Tokens are pooled by taking the class token, the mean of the patches, or attention of a learned query whose weights are there (map).",
      "Open a model with global_pool token, avg or map.",
    );
  }
  // timm has a norm after pooling only where it pools by mean.
  return names.source.has("fc_norm.weight") ? { pooling: "mean", assumed: false } : { pooling: "token", assumed: true };
}

/**
 * Clipped softmax as its authors write it: attn_softmax "clipped(gamma:zeta)", or attn_softmax_alpha, from which gamma = -alpha / tokens
 * (Bondarenko, Nagel, Blankevoort 2023: Quantizable Transformers, arXiv 2306.12929, section 4.1).
 */
export function readClippedSoftmax(settings: JsonObject | null, tokens: number): VitConfig["clippedSoftmax"] {
  const alpha = numberField(settings, ["model_args.attn_softmax_alpha", "attn_softmax_alpha"]);
  if (alpha !== null) return { gamma: -alpha / tokens, zeta: 1 };
  const field = findField(settings, ["model_args.attn_softmax", "attn_softmax"]);
  if (!field || field.value === "vanilla") return undefined;
  const [, gamma, zeta] = /^clipped\(([-+.\de]+):([-+.\de]+)\)$/.exec(typeof field.value === "string" ? field.value : "") ?? [];
  const stretch = { gamma: Number(gamma), zeta: Number(zeta) };
  if (stretch.gamma <= 0 && stretch.zeta >= 1 && stretch.gamma > -1e3 && stretch.zeta < 1e3) return stretch;
  throw invalidField(field, "vanilla, or clipped(gamma:zeta) with gamma <= 0 and zeta >= 1");
}
