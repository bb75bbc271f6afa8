/** Matrix products that a subgroup computes together on units of the adapter: experimental in browsers, so that WebGPU's types do not know them yet. */

export const SUBGROUP_MATRIX = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

/** One product that an adapter offers, in the words of GPUSubgroupMatrixConfig: M x K times K x N. */
export interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Whether the device may use this product: it has the feature, and its adapter lists the types and sizes. */
export function hasSubgroupMatrix(device: GPUDevice, wanted: SubgroupMatrixConfig): boolean {
  if (!device.features.has(SUBGROUP_MATRIX)) return false;
  const { subgroupMatrixConfigs = [] } = device.adapterInfo as { readonly subgroupMatrixConfigs?: readonly SubgroupMatrixConfig[] };
  const keys = ["componentType", "resultComponentType", "M", "N", "K"] as const;
  return [...subgroupMatrixConfigs].some((offered) => keys.every((key) => offered[key] === wanted[key]));
}
