import { kernels } from "../gpu/kernels/index.ts";
import type { Kernel } from "../gpu/kernel.ts";
import type { Step } from "./plan.ts";

/** Refuse a step that its kernel cannot run: wrong operand count, undeclared constant or value of a constant, missing parameter. */
export function checkStep(step: Step): void {
  const kernel: Kernel = kernels[step.kernel];
  if (step.inputs.length + 1 !== kernel.bindings.length) {
    throw new Error(`internal: ${step.name}: ${kernel.name} binds ${kernel.bindings.join(", ")}, got ${step.inputs.length} inputs`);
  }
  for (const [name, value] of Object.entries(step.constants)) {
    if (!kernel.constants[name]?.includes(value)) throw new Error(`internal: ${step.name}: ${kernel.name} has no variant ${name}=${value}`);
  }
  const missing = kernel.params.filter(([name]) => step.params[name] === undefined);
  if (missing.length > 0) throw new Error(`internal: ${step.name}: ${kernel.name} lacks ${missing.map(([name]) => name).join(", ")}`);
}
