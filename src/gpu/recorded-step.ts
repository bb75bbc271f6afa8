/** A dispatch ready to be made. */
export interface RecordedStep {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

export function recordStep(pass: GPUComputePassEncoder, { pipeline, bindGroup, grid }: RecordedStep, repeats = 1): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(...grid);
}
