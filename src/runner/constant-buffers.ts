import { allocate, checkBufferSize, type Gpu } from "../gpu/device.ts";
import type { ConstantArray } from "./plan.ts";

/** Weights and tables on the GPU, many to a buffer. */
export interface ConstantBuffers {
  /** Upload what is not there yet; call before making an executor. */
  upload(constants: ReadonlyMap<string, ConstantArray>): void;
  binding(name: string): GPUBufferBinding;
  /** Once there is memory for all that was uploaded; rejects with InputError OUT_OF_MEMORY. */
  allocated(): Promise<void>;
  /** Bytes allocated on the device. */
  sizeBytes(): number;
  destroy(): void;
}

const ALIGNMENT = 256;
/** Constants up to this are gathered in shared buffers of about this size. */
const CHUNK_BYTES = 64 * 2 ** 20;

export function createConstantBuffers({ device }: Gpu): ConstantBuffers {
  const bindings = new Map<string, GPUBufferBinding>();
  const buffers: GPUBuffer[] = [];
  const allocations: Promise<void>[] = [];
  return {
    upload(constants) {
      const missing = [...constants].filter(([name]) => !bindings.has(name));
      while (missing.length > 0) {
        const group: { name: string; array: ConstantArray; offset: number }[] = [];
        let size = 0;
        do {
          const [name, array] = missing[0];
          const bytes = Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
          if (group.length > 0 && size + bytes > CHUNK_BYTES) break;
          checkBufferSize(device, bytes, name);
          group.push({ name, array, offset: size });
          size += bytes;
          missing.shift();
        } while (missing.length > 0);
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const largest = group.reduce((a, b) => (b.array.byteLength > a.array.byteLength ? b : a)).name;
        const { buffer, allocated } = allocate(device, group.length > 1 ? `${largest} and ${group.length - 1} more` : largest, size, usage);
        // Who waits for it hears of a failure; who has given up meanwhile does not.
        allocated.catch(() => {});
        allocations.push(allocated);
        buffers.push(buffer);
        for (const { name, array, offset } of group) {
          device.queue.writeBuffer(buffer, offset, array);
          bindings.set(name, { buffer, offset, size: Math.ceil(array.byteLength / 16) * 16 });
        }
      }
    },
    binding(name) {
      const binding = bindings.get(name);
      if (!binding) throw new Error(`internal: constant ${name} was not uploaded`);
      return binding;
    },
    async allocated() {
      await Promise.all(allocations);
    },
    sizeBytes: () => buffers.reduce((sum, buffer) => sum + buffer.size, 0),
    destroy() {
      for (const buffer of buffers) buffer.destroy();
      bindings.clear();
    },
  };
}
