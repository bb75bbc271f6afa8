/** The contract of a kernel: one WGSL entry point `main` plus everything needed to bind and launch it. Nothing here knows models. */
import type { SubgroupMatrixConfig } from "./subgroup-matrix.ts";

export type ParamType = "u32" | "i32" | "f32";
export type Params = Readonly<Record<string, number>>;
/** Values of the shader's `override` constants (booleans as 0 or 1). */
export type Constants = Readonly<Record<string, number>>;
export type Grid = readonly [number, number, number];

export interface Kernel {
  /** Also the name of the file: shaders/<name>.wgsl. */
  readonly name: string;
  /** Source with its includes appended. */
  readonly code: string;
  /** Fields of `struct Params` at binding 0, in order; all four bytes wide. */
  readonly params: readonly (readonly [name: string, type: ParamType])[];
  /** Names of the storage bindings from 1 on; the last is the output. */
  readonly bindings: readonly string[];
  /** Every declared constant with all values in use: the tests compile the whole product. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
  /** A WGSL language feature without which the kernel cannot run. */
  readonly requires?: string;
  /** Device features without which the kernel cannot run. */
  readonly features?: readonly GPUFeatureName[];
  /** The product of subgroup matrices without which the kernel cannot run: adapters list which they have. */
  readonly matrix?: SubgroupMatrixConfig;
  /** It shares workgroup memory between barriers, which a software adapter runs a hundred times slower than arithmetic. */
  readonly barriers?: true;
  workgroups(params: Params, constants: Constants): Grid;
}

const snippets = import.meta.glob<string>("../../shaders/lib/*.wgsl", { query: "?raw", import: "default", eager: true });

/**
 * Append the snippet of each `//include lib/x.wgsl` line, and of those in the snippets, once each, so that the compiler's line numbers keep pointing
 * into the kernel's file.
 */
export function link(code: string): string {
  const parts = new Map([["", code]]);
  // A map is walked in the order of its entries, those added meanwhile included.
  for (const text of parts.values()) {
    for (const [, path] of text.matchAll(/^\/\/include (lib\/[\w-]+\.wgsl)$/gm)) {
      const included = snippets[`../../shaders/${path}`];
      if (included === undefined) throw new Error(`internal: shader include not found: ${path}`);
      parts.set(path, included);
    }
  }
  return [...parts.values()].join("\n");
}

/** Parameters that are all u32. */
export function u32s(...names: readonly string[]): Kernel["params"] {
  return names.map((name) => [name, "u32"] as const);
}

/** The uniform block of a dispatch, padded to 16 bytes. Throws when a parameter is missing, unknown or not finite. */
export function packParams(kernel: Kernel, params: Params): ArrayBuffer {
  const buffer = new ArrayBuffer(Math.ceil(kernel.params.length / 4) * 16);
  const view = new DataView(buffer);
  kernel.params.forEach(([name, type], index) => {
    const value = params[name];
    if (value === undefined || !Number.isFinite(value)) throw new Error(`internal: ${kernel.name}: parameter ${name} is ${value}`);
    if (type === "f32") view.setFloat32(4 * index, value, true);
    else if (type === "i32") view.setInt32(4 * index, value, true);
    else view.setUint32(4 * index, value, true);
  });
  const unknown = Object.keys(params).filter((name) => !kernel.params.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`internal: ${kernel.name}: unknown parameters ${unknown.join(", ")}`);
  return buffer;
}

const MAX_GROUPS = 65535;

/** Workgroups along one axis of elements, spread over x and y when they pass the limit of one dimension. */
export function linearGrid(elements: number, workgroupSize: number): Grid {
  const groups = Math.ceil(elements / workgroupSize);
  return groups <= MAX_GROUPS ? [groups, 1, 1] : [MAX_GROUPS, Math.ceil(groups / MAX_GROUPS), 1];
}

/** Workgroups along rows for kernels with one invocation per row. */
export function rowGrid(kernel: string, rows: number, workgroupSize: number): Grid {
  const groups = Math.ceil(rows / workgroupSize);
  if (groups > MAX_GROUPS) throw new Error(`internal: ${kernel}: ${rows} rows need ${groups} workgroups, the limit is ${MAX_GROUPS}`);
  return [groups, 1, 1];
}
