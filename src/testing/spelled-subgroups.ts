/**
 * Subgroups of any size on an adapter of another: a kernel's broadcasts go through workgroup memory, and its invocations count themselves in subgroups of
 * `size`. Works for kernels whose workgroup is one row of 32 invocations.
 */
import type { Kernel } from "../gpu/kernel.ts";

const INVOCATIONS = 32;

/** `type`: of what is broadcast. */
export function spellSubgroups(kernel: Kernel, size: number, type: "vec4f" | "u32"): Kernel {
  const code = kernel.code
    .replaceAll("enable subgroups;", "")
    .replaceAll("subgroupBroadcast(", "spelled_broadcast(")
    .replace(
      /@builtin\(subgroup_invocation_id\) (\w+): u32\) \{/,
      `@builtin(local_invocation_index) at: u32) { spelled_at = at; let $1 = at % ${size}u;`,
    );
  if (code === kernel.code || /\bsubgroup[A-Z_]/.test(code.replaceAll(/\/\/.*/g, "")))
    throw new Error(`internal: ${kernel.name} is not spelled out`);
  return { ...kernel, features: [], code: `${code}\n${broadcast(type, size)}` };
}

const broadcast = (type: string, size: number) => `
var<private> spelled_at: u32;
var<workgroup> spelled_values: array<${type}, ${INVOCATIONS}>;
fn spelled_broadcast(value: ${type}, lane: u32) -> ${type} {
  workgroupBarrier();
  spelled_values[spelled_at] = value;
  workgroupBarrier();
  return spelled_values[spelled_at / ${size}u * ${size}u + lane];
}
`;
