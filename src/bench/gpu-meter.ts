/**
 * Counts WebGPU calls and buffer bytes by wrapping the prototypes of WebGPU's own objects, once and before any runtime loads: whoever uses WebGPU
 * through JavaScript is counted in the same way. Native providers (onnxruntime-node) cannot be seen.
 */

export interface GpuCalls {
  readonly dispatches: number;
  readonly passes: number;
  readonly submits: number;
  readonly bindGroups: number;
  readonly pipelines: number;
  readonly buffers: number;
  readonly bufferWrites: number;
  readonly maps: number;
}

export interface GpuBytes {
  /** Of buffers that were made and not destroyed. A buffer left to the garbage collector counts on. */
  readonly liveBytes: number;
  readonly peakBytes: number;
}

export interface GpuMeter {
  readonly calls: GpuCalls;
  bytes(): GpuBytes;
  /** Puts WebGPU's own methods back. */
  restore(): void;
}

type Counters = { -readonly [Name in keyof GpuCalls]: number };

/** Null where there is no WebGPU. */
export function installGpuMeter(scope: typeof globalThis): GpuMeter | null {
  if (!("GPUDevice" in scope)) return null;
  const calls: Counters = { dispatches: 0, passes: 0, submits: 0, bindGroups: 0, pipelines: 0, buffers: 0, bufferWrites: 0, maps: 0 };
  const sizes = new WeakMap<object, { readonly device: object; readonly size: number }>();
  const live = new Map<object, number>();
  let peakBytes = 0;
  const liveBytes = () => [...live.values()].reduce((sum, bytes) => sum + bytes, 0);
  const { GPUDevice: device, GPUBuffer: buffer, GPUQueue: queue, GPUCommandEncoder: encoder, GPUComputePassEncoder: pass } = scope;

  const undo: (() => void)[] = [];
  const before = <T extends object>(prototype: T, name: keyof T & string, note: (self: object) => void) =>
    undo.push(
      wrap(prototype, name, (self, call) => {
        note(self);
        return call();
      }),
    );

  before(device.prototype, "createBindGroup", () => calls.bindGroups++);
  before(device.prototype, "createComputePipeline", () => calls.pipelines++);
  before(device.prototype, "createComputePipelineAsync", () => calls.pipelines++);
  before(encoder.prototype, "beginComputePass", () => calls.passes++);
  before(pass.prototype, "dispatchWorkgroups", () => calls.dispatches++);
  before(pass.prototype, "dispatchWorkgroupsIndirect", () => calls.dispatches++);
  before(queue.prototype, "submit", () => calls.submits++);
  before(queue.prototype, "writeBuffer", () => calls.bufferWrites++);
  before(buffer.prototype, "mapAsync", () => calls.maps++);
  undo.push(
    wrap(device.prototype, "createBuffer", (owner, call) => {
      const made = call();
      calls.buffers++;
      if (!(made instanceof buffer)) return made;
      sizes.set(made, { device: owner, size: made.size });
      live.set(owner, (live.get(owner) ?? 0) + made.size);
      peakBytes = Math.max(peakBytes, liveBytes());
      return made;
    }),
  );
  before(buffer.prototype, "destroy", (destroyed) => {
    const known = sizes.get(destroyed);
    if (!known || !sizes.delete(destroyed)) return;
    const left = live.get(known.device);
    if (left !== undefined) live.set(known.device, left - known.size);
  });
  // A device takes its buffers along.
  before(device.prototype, "destroy", (destroyed) => live.delete(destroyed));
  return { calls, bytes: () => ({ liveBytes: liveBytes(), peakBytes }), restore: () => undo.splice(0).forEach((each) => each()) };
}

/** What was called between two readings. */
export function callsBetween(start: GpuCalls, end: GpuCalls): GpuCalls {
  const entries = Object.entries(end).map(([name, count]) => [name, count - start[name as keyof GpuCalls]]);
  return Object.fromEntries(entries) as unknown as GpuCalls;
}

/** Returns how to undo it. */
function wrap<T extends object>(prototype: T, name: keyof T & string, around: (self: object, call: () => unknown) => unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  const original: unknown = own?.value;
  if (own === undefined || typeof original !== "function") throw new Error(`internal: ${name} is not a method that can be counted`);
  Object.defineProperty(prototype, name, {
    ...own,
    value(this: object, ...args: unknown[]): unknown {
      return around(this, () => Reflect.apply(original, this, args) as unknown);
    },
  });
  return () => void Object.defineProperty(prototype, name, own);
}
