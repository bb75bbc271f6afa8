/** How often the costly WebGPU calls were made. */
export interface CallCounts {
  buffers: number;
  bindGroups: number;
  pipelines: number;
  dispatches: number;
  /** Queue writes into buffers. */
  writes: number;
  submits: number;
  maps: number;
}

/** Count the calls that `run` makes on this device, by wrapping the device's own methods while it runs. */
export async function countCalls(device: GPUDevice, run: () => Promise<void>): Promise<CallCounts> {
  const counts: CallCounts = { buffers: 0, bindGroups: 0, pipelines: 0, dispatches: 0, writes: 0, submits: 0, maps: 0 };
  const undo = [
    wrap(device, "createBuffer", () => counts.buffers++),
    wrap(device, "createBindGroup", () => counts.bindGroups++),
    wrap(device, "createComputePipeline", () => counts.pipelines++),
    wrap(device, "createComputePipelineAsync", () => counts.pipelines++),
    wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => counts.dispatches++),
    wrap(device.queue, "writeBuffer", () => counts.writes++),
    wrap(device.queue, "submit", () => counts.submits++),
    wrap(GPUBuffer.prototype, "mapAsync", () => counts.maps++),
  ];
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
  }
  return counts;
}

function wrap<T extends object>(target: T, name: keyof T & string, count: () => void): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const original = target[name];
  if (typeof original !== "function") throw new Error(`internal: ${name} is not a method`);
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]): unknown {
      count();
      return Reflect.apply(original, this, args);
    },
  });
  return () => {
    if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  };
}
