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
  /** Devices on which buffers were made: a contender's own are those that appear while it loads. */
  devices(): ReadonlySet<object>;
  /** Of some devices; peaks of several add up. */
  bytes(devices: ReadonlySet<object>): GpuBytes;
  /** Puts WebGPU's own methods back. */
  restore(): void;
}

type Counters = { -readonly [Name in keyof GpuCalls]: number };

/** Null where there is no WebGPU. */
export function installGpuMeter(scope: typeof globalThis): GpuMeter | null {
  if (!("GPUDevice" in scope)) return null;
  const calls: Counters = { dispatches: 0, passes: 0, submits: 0, bindGroups: 0, pipelines: 0, buffers: 0, bufferWrites: 0, maps: 0 };
  const sizes = new WeakMap<object, { readonly device: object; readonly size: number }>();
  const held = new Map<object, { liveBytes: number; peakBytes: number }>();
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
      const before = held.get(owner) ?? { liveBytes: 0, peakBytes: 0 };
      const liveBytes = before.liveBytes + made.size;
      held.set(owner, { liveBytes, peakBytes: Math.max(before.peakBytes, liveBytes) });
      return made;
    }),
  );
  before(buffer.prototype, "destroy", (destroyed) => {
    const known = sizes.get(destroyed);
    if (!known || !sizes.delete(destroyed)) return;
    const owner = held.get(known.device);
    if (owner !== undefined) owner.liveBytes -= known.size;
  });
  // A device takes its buffers along.
  before(device.prototype, "destroy", (destroyed) => held.delete(destroyed));
  return {
    calls,
    devices: () => new Set(held.keys()),
    bytes(devices) {
      const own = [...held].filter(([owner]) => devices.has(owner)).map(([, bytes]) => bytes);
      const sum = (pick: (bytes: GpuBytes) => number) => own.reduce((total, each) => total + pick(each), 0);
      return { liveBytes: sum((each) => each.liveBytes), peakBytes: sum((each) => each.peakBytes) };
    },
    restore: () => undo.splice(0).forEach((each) => each()),
  };
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
