/** The refusals of ONNX networks; each names the node and its operator. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import type { InputError } from "../../tensor/input-error.ts";
import { modelError } from "../error-codes.ts";

export function nodeName({ name, opType, domain, outputs }: OnnxNode): string {
  const operator = domain === "" ? opType : `${domain}.${opType}`;
  return `node "${name || outputs[0] || "(without a name)"}" (${operator})`;
}

/** A sound network that is none that we run. `why` is the rest of "It ...", without a full stop. */
export function unsupported(node: OnnxNode, why: string): InputError {
  return modelError(
    "ONNX_UNSUPPORTED",
    `The ONNX network has a part that is not run here: ${nodeName(node)}.`,
    `It ${why}.`,
    "Open the network's PyTorch weights as .safetensors if it is a Vision Transformer, or export it again with constant folding and without preprocessing.",
  );
}

/** A network that contradicts itself. */
export function broken(node: OnnxNode, rule: string): InputError {
  return modelError(
    "ONNX_INVALID",
    `The ONNX network breaks a rule at ${nodeName(node)}.`,
    `There ${rule}.`,
    "Export it again, and check it with `python -m onnx.checker`.",
  );
}
