/**
 * gemm-f16-matrix with its matrix operations spelled out in f32, so that any adapter runs everything else of it: staging, strips, edges, epilogue.
 * An operand is where it lies in its tile; of the sums every lane holds its share.
 */
import type { Kernel } from "../gpu/kernel.ts";

/** `lanes`: of a workgroup; `subgroup`: the size that its subgroups shall seem to have. */
export function spellMatrices(kernel: Kernel, lanes: number, subgroup: number): Kernel {
  const share = 256 / subgroup;
  const code = kernel.code
    .replaceAll(/^(enable|requires) \w+;\n/gm, "")
    .replaceAll(/alias (\w+) = subgroup_matrix_(left|right)<[^>]*>;/g, "alias $1 = vec2u; // offset, stride")
    .replace(/alias (\w+) = subgroup_matrix_result<[^>]*>;/, `alias $1 = array<f32, ${share}>;`)
    .replaceAll("vec4<f16>", "vec4f")
    .replaceAll("array<f16,", "array<f32,")
    .replaceAll(/@builtin\((subgroup_id|num_subgroups)\) \w+: u32,/g, "")
    .replaceAll(/\bsubgroup\b/g, `(index / ${subgroup}u)`)
    .replaceAll(/\bsubgroups\b/g, `${lanes / subgroup}u`)
    .replace(/fn main\([^{]*\{/, `$& spelled_lane = index % ${subgroup}u;`)
    .replaceAll(/subgroupMatrixLoad<\w+, row_major>\(&\w+, /g, "vec2u(")
    .replaceAll("subgroupMatrixMultiplyAccumulate(", "spelled_multiply(")
    .replaceAll("subgroupMatrixStore<row_major>(&tile_sums, ", "spelled_store(");
  return { ...kernel, code: code + operations(subgroup, share) };
}

// K descending: units have an order of their own.
const operations = (subgroup: number, share: number) => `
var<private> spelled_lane: u32;
fn spelled_multiply(left: vec2u, right: vec2u, to: Sums) -> Sums {
  var sums = to;
  for (var own = 0u; own < ${share}u; own++) {
    let at = own * ${subgroup}u + spelled_lane;
    for (var k = 16u; k > 0u; k--) {
      sums[own] += tile_x[left.x + at / 16u * left.y + k - 1u] * tile_w[right.x + (k - 1u) * right.y + at % 16u];
    }
  }
  return sums;
}
fn spelled_store(offset: u32, from_sums: Sums, stride: u32) {
  var sums = from_sums;
  for (var own = 0u; own < ${share}u; own++) {
    let at = own * ${subgroup}u + spelled_lane;
    tile_sums[offset + at / 16u * stride + at % 16u] = sums[own];
  }
}
`;
